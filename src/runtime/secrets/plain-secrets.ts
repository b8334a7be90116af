import type { ConfigPath, OriginKind, SchemaNode } from '../../core/index.js';
import { formatPath, isConfigMap, isEncryptedText, isSecureValue, mayHoldReferences } from '../../core/index.js';
import { childNode, type Finding } from '../../binding/index.js';
import { valueIn, type MergedTree } from '../merged-tree.js';
import { winningLayer, type Traceable } from '../trace-setting.js';

/** Where a section sits, and what it declares. */
export interface PlacedSection {
  readonly entry: { readonly path: ConfigPath };
  readonly plan: { readonly schema: SchemaNode };
}

/** Sources that are kept somewhere, and often in a repository. */
const STORED: ReadonlySet<OriginKind> = new Set(['file', 'env-file']);

/** The values of sections that stand in a file in plain text though they are declared to be kept encrypted. */
export function plainSecrets(
  tree: MergedTree,
  sections: readonly PlacedSection[],
  from: Traceable,
): readonly Finding[] {
  return sections.flatMap(({ entry, plan }) => {
    if (!holdsProtected(plan.schema)) return [];
    const found: PlainSecret[] = [];
    collect(valueIn(tree, entry.path), plan.schema, entry.path, found);
    return found.filter(({ path }) => STORED.has(winningLayer(from, path)?.layer.kind ?? 'custom')).map(inPlainText);
  });
}

interface PlainSecret {
  readonly path: ConfigPath;
  readonly sealed: boolean;
}

const known = new WeakMap<SchemaNode, boolean>();

/** True when a secret below a node is to be kept encrypted. Worked out once for each. */
function holdsProtected(node: SchemaNode): boolean {
  let holds = known.get(node);
  if (holds === undefined) known.set(node, (holds = search(node, new Set())));
  return holds;
}

/** A class may hold itself, which adds nothing to what is found otherwise. */
function search(node: SchemaNode, seen: Set<SchemaNode>): boolean {
  if (seen.has(node)) return false;
  seen.add(node);
  if (node.kind === 'leaf') return node.secret !== undefined && node.secret.level !== 'mask';
  if (node.kind !== 'section') return search(node.item, seen);
  return [...node.keys.values()].some((key) => search(key.node, seen));
}

function collect(value: unknown, node: SchemaNode | undefined, path: ConfigPath, found: PlainSecret[]): void {
  if (node === undefined || value === undefined || value === null || !holdsProtected(node)) return;
  if (node.kind === 'leaf') {
    if (isPlain(value)) found.push({ path, sealed: node.secret?.level === 'sealed' });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      collect(item, childNode(node, String(index)), [...path, String(index)], found);
  } else if (isConfigMap(value)) {
    for (const key of Object.keys(value)) collect(value[key], childNode(node, key), [...path, key], found);
  }
}

/** A reference stands for a value that is somewhere else. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value !== '' && !isEncryptedText(value) && !mayHoldReferences(value);
  return typeof value !== 'symbol' && !isSecureValue(value);
}

function inPlainText({ path, sealed }: PlainSecret): Finding {
  return {
    code: 'plain-secret',
    path,
    message: 'stands in plain text, and is declared to be kept encrypted',
    hint: sealed
      ? `Seal it: npx uno-config seal ${formatPath(path)}`
      : `Encrypt it: npx uno-config encrypt ${formatPath(path)}`,
  };
}
