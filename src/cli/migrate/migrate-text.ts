import {
  type ConfigMap,
  type ConfigPath,
  foldKey,
  formatPath,
  isConfigMap,
  isEncryptedText,
  sameValue,
} from '../../core/index.js';
import {
  type Edit,
  edited,
  type MigratedDocument,
  type Migrations,
  valueAt,
  VERSION_KEY,
} from '../../runtime/index.js';
import type { EncryptAgain } from './encrypt-again.js';
import { TextRefusal, type TextChange } from './tree-text.js';

/** A document that can be changed value by value: a text, or a tree that is a text to nobody. */
export interface ChangeableDocument {
  readonly tree: ConfigMap;
  /** @throws TextRefusal when it cannot be done without changing something else. */
  apply(change: TextChange): Promise<void> | void;
  /** Where a value is written, where there is a text. */
  placeOf?(path: ConfigPath): { readonly line: number; readonly column: number } | undefined;
}

/** A tree without a text, such as a document of a store. */
export class PlainTree implements ChangeableDocument {
  public tree: ConfigMap;

  public constructor(tree: ConfigMap) {
    this.tree = tree;
  }

  public apply(change: TextChange): void {
    const { tree } = this;
    if (change.kind === 'remove') this.tree = edited(tree, { from: [change.path], to: [] });
    else if (change.kind !== 'move') this.tree = edited(tree, { from: [], to: [change] });
    else {
      const to = [{ path: change.to, value: valueAt(tree, change.from) }];
      this.tree = edited(tree, { from: [change.from], to });
    }
  }
}

export interface DocumentMigration {
  readonly migrations: Migrations;
  readonly encryptAgain: EncryptAgain;
  /** The version of a document that does not say one, where that is known. */
  readonly assumed?: number | undefined;
  /** False where the version of a section has no place, as among variables. */
  readonly stamps: boolean;
}

/**
 * Brings a document to the versions of the sections, one change after the other, and writes the versions into it.
 *
 * @throws TextRefusal when a change cannot be made, or more than the wanted ones would be.
 */
export async function migrateDocument(
  document: ChangeableDocument,
  { migrations, encryptAgain, assumed, stamps }: DocumentMigration,
): Promise<MigratedDocument> {
  const before = tokensIn(document.tree);
  const reading = { references: true, isDocument: true, assumed };
  const made = migrations.document(document.tree, reading);
  if (made.problems.length > 0) return made;
  for (const edit of made.edits) for (const change of changesOf(edit)) await document.apply(change);
  let wanted = made.tree;
  for (const [token, to] of tokensIn(document.tree)) {
    const from = before.get(token);
    if (from === undefined || formatPath(from) === formatPath(to)) continue;
    const change = { kind: 'set', path: to, value: await encryptAgain(token, from, to) } as const;
    await document.apply(change);
    wanted = edited(wanted, { from: [], to: [change] });
  }
  if (stamps) for (const { path, value } of made.versions) await stamp(document, [...path, VERSION_KEY], value);
  const after = migrations.document(
    document.tree,
    stamps ? { ...reading, assumed: undefined } : { ...reading, isDocument: false },
  );
  if (after.problems.length > 0 || after.edits.length > 0 || !isWanted(after.tree, wanted, stamps)) {
    const hint =
      assumed === undefined ? 'Write it by hand.' : 'Name an earlier version with --from, or write it by hand.';
    throw new TextRefusal(
      'the steps would change it a second time',
      hint,
      document.placeOf?.([]) ?? { line: 1, column: 1 },
    );
  }
  return made;
}

/** Variables have no spelling of their own. */
function isWanted(tree: ConfigMap, wanted: ConfigMap, isSpelled: boolean): boolean {
  return isSpelled ? sameValue(tree, wanted) : sameValue(folded(tree), folded(wanted));
}

function folded(value: unknown): unknown {
  if (!isConfigMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [foldKey(key), folded(below)]));
}

async function stamp(document: ChangeableDocument, path: ConfigPath, value: unknown): Promise<void> {
  if (!isConfigMap(valueAt(document.tree, path.slice(0, -1)))) return;
  const said = valueAt(document.tree, path);
  if (said === value || said === String(value)) return;
  await document.apply({ kind: said === undefined ? 'insert' : 'set', path, value });
}

/** A change as steps that a text can take one by one: what stays of a value is moved, and not written anew. */
function* changesOf({ from, to }: Pick<Edit, 'from' | 'to'>): Generator<TextChange> {
  const first = to[0];
  const [old] = from;
  if (first === undefined || old === undefined) {
    for (const path of from) yield { kind: 'remove', path };
    for (const { path, value } of to) yield { kind: 'insert', path, value };
    return;
  }
  const kept = to.find(({ path }) => from.some((one) => isSame(one, path)));
  const goal = kept ?? first;
  const base = kept?.path ?? old;
  if (kept === undefined) yield { kind: 'move', from: base, to: goal.path };
  yield { kind: 'set', ...goal };
  let after = goal.path;
  for (const { path, value } of to) {
    if (path === goal.path) continue;
    const key = isSame(after.slice(0, -1), path.slice(0, -1)) ? after.at(-1) : undefined;
    yield { kind: 'insert', path, value, ...(key !== undefined && { after: key }) };
    after = path;
  }
  for (const path of from) if (!isSame(path, base)) yield { kind: 'remove', path };
}

function isSame(one: ConfigPath, other: ConfigPath): boolean {
  return formatPath(one) === formatPath(other);
}

/** Encrypted values and where they are; no two are the same. */
function tokensIn(
  tree: unknown,
  path: ConfigPath = [],
  found = new Map<string, ConfigPath>(),
): Map<string, ConfigPath> {
  if (typeof tree === 'string' && isEncryptedText(tree)) found.set(tree, path);
  else if (typeof tree === 'object' && tree !== null) {
    for (const [key, value] of Object.entries(tree)) tokensIn(value, [...path, key], found);
  }
  return found;
}
