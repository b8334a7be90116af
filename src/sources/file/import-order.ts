/** A file and the files that it imports, by identity. */
export interface ImportNode<Key> {
  readonly key: Key;
  readonly imports: readonly Key[];
}

/** A file that imports itself, directly or through others: its members in order, the first one again at the end. */
export class ImportCycle<Key> extends Error {
  public readonly members: readonly Key[];

  public constructor(members: readonly Key[]) {
    super('import cycle');
    this.members = members;
  }
}

/**
 * Orders files so that each comes after what it imports, and a later import after an earlier one; each once.
 *
 * @throws ImportCycle when that is impossible.
 */
export function orderImports<Key>(roots: readonly Key[], nodes: ReadonlyMap<Key, ImportNode<Key>>): readonly Key[] {
  const ordered = new Set<Key>();
  const chain: Key[] = [];
  const visit = (key: Key): void => {
    if (ordered.has(key)) return;
    if (chain.includes(key)) throw new ImportCycle([...chain.slice(chain.indexOf(key)), key]);
    chain.push(key);
    for (const imported of nodes.get(key)?.imports ?? []) visit(imported);
    chain.pop();
    ordered.add(key);
  };
  for (const key of roots) visit(key);
  return [...ordered];
}
