import type {
  LeafNode,
  ListNode,
  LoadContext,
  MapNode,
  SchemaKey,
  SchemaNode,
  SectionNode,
} from '../../src/core/index.js';
import { foldKey, silentLogger } from '../../src/core/index.js';

/** A key with aliases or declared names; a node alone is a key without. */
export interface DeclaredKey extends Partial<Pick<SchemaKey, 'aliases' | 'envNames'>> {
  readonly node: SchemaNode;
}

/** A schema's section, written as a literal. */
export function section(keys: Readonly<Record<string, SchemaNode | DeclaredKey>>, open = false): SectionNode {
  const byName = new Map<string, SchemaKey>();
  const spellings = new Map<string, string>();
  for (const [name, given] of Object.entries(keys)) {
    const { node, aliases = [], envNames = [] }: DeclaredKey = 'kind' in given ? { node: given } : given;
    byName.set(name, { name, node, aliases, envNames, secret: false });
    for (const spelling of [name, ...aliases]) spellings.set(foldKey(spelling), name);
  }
  return { kind: 'section', keys: byName, spellings, open };
}

export function listOf(item: SchemaNode): ListNode {
  return { kind: 'list', item };
}

export function mapOf(item: SchemaNode): MapNode {
  return { kind: 'map', item };
}

export function leaf(type = 'text'): LeafNode {
  return { kind: 'leaf', type };
}

/** What a source is told in development, unless said otherwise. */
export function loadContext(schema: SectionNode, context: Partial<LoadContext> = {}): LoadContext {
  return { schema, environment: 'development', signal: new AbortController().signal, logger: silentLogger, ...context };
}
