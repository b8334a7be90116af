import type { ConfigPath, SchemaKey, SchemaNode, SectionNode } from '../core/index.js';
import { dataSegment, upperSnake } from './key-words.js';

/** How names are put together, and for which schema. */
export interface KeyStyle {
  readonly schema: SectionNode;
  /** What our names begin with; may be empty. */
  readonly prefix: string;
  /** What stands between two keys. */
  readonly separator: string;
}

/** A place that an exact name, declared with `@EnvName`, means. */
export interface DeclaredName {
  readonly path: ConfigPath;
  readonly node: SchemaNode;
  /** How early the field declares it; 1 is its first name. */
  readonly rank: number;
}

/** The legal names of a schema's fields. */
export interface KeyNames extends KeyStyle {
  readonly declared: ReadonlyMap<string, DeclaredName>;
}

/** The keys of one section by the segment that names them; the part of the compilation that no prefix changes. */
export interface SectionSegments {
  readonly keys: ReadonlyMap<string, SchemaKey>;
  readonly claimedTwice: readonly { readonly segment: string; readonly fields: readonly [string, string] }[];
}

const compiled = new WeakMap<SectionNode, SectionSegments>();

/** Compiles one section, once. A field without a letter or digit in its name has no segment. */
export function sectionSegments(section: SectionNode): SectionSegments {
  let segments = compiled.get(section);
  if (segments === undefined) compiled.set(section, (segments = compileSegments(section)));
  return segments;
}

function compileSegments(section: SectionNode): SectionSegments {
  const keys = new Map<string, SchemaKey>();
  const claimedTwice: { segment: string; fields: [string, string] }[] = [];
  for (const key of section.keys.values()) {
    for (const spelling of [key.name, ...key.aliases]) {
      const segment = upperSnake(spelling);
      const other = keys.get(segment);
      if (segment === '' || other === key) continue;
      if (other === undefined) keys.set(segment, key);
      else claimedTwice.push({ segment, fields: [other.name, key.name] });
    }
  }
  return { keys, claimedTwice };
}

/**
 * The name that sets a canonical path: `APP_DATABASE__POOL__MAX_SIZE`. What stands below a map or an open field is data
 * and is written in capitals where that reads back the same.
 */
export function spellName(style: KeyStyle, path: ConfigPath): string {
  let node: SchemaNode | undefined = style.schema;
  const segments: string[] = [];
  for (const key of path) {
    if (node?.kind === 'map' || node?.kind === 'leaf') segments.push(dataSegment(key));
    else if (node?.kind === 'list') segments.push(key);
    else segments.push(upperSnake(key) || key);
    node = nodeBelow(node, key);
  }
  return style.prefix + segments.join(style.separator);
}

/** The schema below a canonical key. What stands below a leaf is as open as the leaf. */
export function nodeBelow(node: SchemaNode | undefined, key: string): SchemaNode | undefined {
  if (node === undefined || node.kind === 'leaf') return node;
  return node.kind === 'section' ? node.keys.get(key)?.node : node.item;
}
