import type { ConfigPath, SchemaNode, SectionNode } from '../../core/index.js';
import { camelCase, dataSegment, upperSnake } from './key-words.js';

/** How names are put together, and for which schema. */
export interface KeyStyle {
  readonly schema: SectionNode;
  /** What our names begin with; may be empty. */
  readonly prefix: string;
  /** The separator of two keys. */
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
  /** Names that were found to be a field's: a process is asked again and again, and its variables hardly change. */
  readonly found: Map<string, KnownKey>;
}

/** The name of a field, or of something below or above fields. */
export interface KnownKey {
  readonly kind: 'known';
  readonly path: ConfigPath;
  readonly node: SchemaNode;
  /** 0 for the name that the path spells; otherwise the place among the names the field declares. A lower one wins. */
  readonly rank: number;
}

/** The number of a list's item. */
export const INDEX = /^(?:0|[1-9]\d{0,8})$/;

/** The keys of one section by the segment that names them. */
export interface SectionSegments {
  readonly keys: ReadonlyMap<string, string>;
  readonly claimedTwice: readonly { readonly segment: string; readonly fields: readonly [string, string] }[];
}

const known = new WeakMap<SectionNode, SectionSegments>();

/** Works out one section, once. A field without a letter or digit in its name has no segment. */
export function sectionSegments(section: SectionNode): SectionSegments {
  let segments = known.get(section);
  if (segments === undefined) known.set(section, (segments = readSegments(section)));
  return segments;
}

function readSegments(section: SectionNode): SectionSegments {
  const keys = new Map<string, string>();
  const claimedTwice: { segment: string; fields: [string, string] }[] = [];
  for (const { name, aliases } of section.keys.values()) {
    for (const spelling of [name, ...aliases]) {
      const segment = upperSnake(spelling);
      const other = keys.get(segment);
      if (segment === '' || other === name) continue;
      if (other === undefined) keys.set(segment, name);
      else claimedTwice.push({ segment, fields: [other, name] });
    }
  }
  return { keys, claimedTwice };
}

/**
 * The key that a segment names. Most segments say in which camelCase the key is written, so that the table of a
 * section's segments is made only for names that nobody guesses: `HTTP_URL` may be `httpUrl` or `httpURL`.
 */
export function keyOfSegment(section: SectionNode, segment: string): string | undefined {
  const likely = camelCase(segment);
  if (section.keys.has(likely) && upperSnake(likely) === segment) return likely;
  return sectionSegments(section).keys.get(segment);
}

/**
 * The name that sets a canonical path: `APP_DATABASE__POOL__MAX_SIZE`. Keys below a map or an open field are data and are
 * written in capitals where that reads back the same.
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

/** The schema below a canonical key. A key below a leaf is as open as the leaf. */
export function nodeBelow(node: SchemaNode | undefined, key: string): SchemaNode | undefined {
  if (node === undefined || node.kind === 'leaf') return node;
  return node.kind === 'section' ? node.keys.get(key)?.node : node.item;
}
