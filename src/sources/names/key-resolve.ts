import {
  type ConfigPath,
  type SchemaNode,
  foldKey,
  isForbiddenKey,
  ROOT_PATH,
  separatedKeys,
} from '../../core/index.js';
import type { KeyNames, KeyStyle, KnownKey } from './key-names.js';
import { INDEX, keyOfSegment, nodeBelow, spellName } from './key-names.js';
import { camelCase, dataKey } from './key-words.js';

/** What a name means. */
export type KeyMeaning = KnownKey | UnknownKey | RefusedKey | ForeignKey;

/** One of our names that no field has; the path is the best guess. */
export interface UnknownKey {
  readonly kind: 'unknown';
  readonly path: ConfigPath;
  /** True when the path is that of a field, and only the name is not in the one spelling that counts. */
  readonly misspelled?: true;
  /** The declared path whose keys the name runs together: `HTTP_PORT` for `HTTP__PORT`. */
  readonly meant?: ConfigPath;
}

/** One of our names that must not be used. */
export interface RefusedKey {
  readonly kind: 'refused';
  readonly code: 'forbidden-key' | 'invalid-key';
  readonly path: ConfigPath;
  readonly message: string;
  readonly hint: string;
}

/** A name of other code. */
export interface ForeignKey {
  readonly kind: 'foreign';
}

/** The result for every name of other code. */
export const FOREIGN_KEY: ForeignKey = Object.freeze({ kind: 'foreign' });
/** What a reserved key is never without, but between empty segments. */
const MAY_REACH_PROTOTYPE = /proto|constructor/i;
/** How many keys a name may have. */
export const MAXIMUM_DEPTH = 100;

/**
 * What a variable's name means. Names are matched exactly, case included. With an empty prefix every variable of the
 * machine could be ours, so that only legal names are taken, and names made to reach a prototype refused.
 */
export function resolveName(name: string, names: KeyNames): KeyMeaning {
  const declared = names.declared.get(name);
  if (declared !== undefined) return { kind: 'known', ...declared };
  if (names.prefix !== '') return name.startsWith(names.prefix) ? findOwnName(name, names) : FOREIGN_KEY;
  if (!name.includes(names.separator)) return resolveBareName(name, names);
  const meaning = findOwnName(name, names);
  return meaning.kind === 'known' || (meaning.kind === 'refused' && meaning.code === 'forbidden-key')
    ? meaning
    : FOREIGN_KEY;
}

/**
 * What a name in a file of one section means: there, prefix and section may be left out. A name that could be read both
 * ways is the section's own, except where it begins with our prefix.
 */
export function resolveSectionName(name: string, section: string, names: KeyNames): KeyMeaning {
  const full = resolveName(name, names);
  const prefixed = names.prefix !== '' && name.startsWith(names.prefix);
  if (prefixed && full.kind === 'known') return full;
  const short = resolveOwnName(spellName(names, [section]) + names.separator + name, names);
  if (short.kind === 'known') return short;
  return prefixed || full.kind !== 'foreign' ? full : short;
}

function findOwnName(name: string, names: KeyNames): KeyMeaning {
  const known = names.found.get(name);
  if (known !== undefined) return known;
  const meaning = resolveOwnName(name, names);
  // An endless number of invented names must not fill the cache.
  if (meaning.kind === 'known' && names.found.size < MOST_FOUND) names.found.set(name, meaning);
  return meaning;
}

const MOST_FOUND = 10_000;

/** What a name means that begins with our prefix; declared names are not looked at. */
export function resolveOwnName(name: string, style: KeyStyle): KeyMeaning {
  const segments = name.slice(style.prefix.length).split(style.separator);
  return refuseSegments(segments, style) ?? followSegments(segments, style);
}

function resolveBareName(name: string, names: KeyNames): KeyMeaning {
  const key = keyOfSegment(names.schema, name);
  const node = key === undefined ? undefined : nodeBelow(names.schema, key);
  return key === undefined || node === undefined ? FOREIGN_KEY : { kind: 'known', path: [key], node, rank: 0 };
}

function followSegments(segments: readonly string[], style: KeyStyle): KeyMeaning {
  const path: string[] = [];
  let node: SchemaNode = style.schema;
  for (const [depth, segment] of segments.entries()) {
    let key: string;
    if (node.kind === 'section') {
      const known = keyOfSegment(node, segment);
      if (known === undefined) {
        const rest = segments.slice(depth);
        if (node.spellings.has(foldKey(segment))) {
          return { kind: 'unknown', path: [...path, ...meantKeys(rest, node)], misspelled: true };
        }
        // A key that an open section does not declare may belong to other code.
        const below = node.open === true ? undefined : separatedKeys(foldKey(rest.join('')), node);
        return {
          kind: 'unknown',
          path: [...path, ...rest.map(camelCase)],
          ...(below !== undefined && { meant: [...path, ...below] }),
        };
      }
      key = known;
    } else {
      if (node.kind === 'list' && !INDEX.test(segment)) return refuseIndex(path, segment, style);
      key = node.kind === 'list' ? segment : dataKey(segment);
    }
    path.push(key);
    node = nodeBelow(node, key) ?? node;
  }
  return { kind: 'known', path, node, rank: 0 };
}

/** The keys that segments mean in whatever spelling: `MAXSIZE` and `maxSize` as well as `MAX_SIZE`. */
function meantKeys(segments: readonly string[], from: SchemaNode): readonly string[] {
  let node: SchemaNode | undefined = from;
  return segments.map((segment) => {
    const meant = node?.kind === 'section' ? node.spellings.get(foldKey(segment)) : undefined;
    const key = meant ?? (node?.kind === 'map' ? dataKey(segment) : camelCase(segment));
    node = nodeBelow(node, key);
    return key;
  });
}

function refuseSegments(segments: readonly string[], style: KeyStyle): RefusedKey | undefined {
  const isEmpty = segments.some((segment) => /^_*$/.test(segment));
  const mayReach = isEmpty || MAY_REACH_PROTOTYPE.test(segments.join(''));
  const reserved = mayReach ? segments.find((segment, depth) => reachesPrototype(segment, segments, depth)) : undefined;
  if (reserved !== undefined) {
    const shown = foldKey(reserved) === 'proto' ? '__proto__' : reserved;
    return refuse('forbidden-key', `the key "${shown}" is reserved`, 'Rename or remove it.');
  }
  if (isEmpty) {
    const example = spellName(style, ['section', 'key']);
    return refuse(
      'invalid-key',
      `has an empty key before or after a "${style.separator}"`,
      `Write names like ${example}.`,
    );
  }
  if (segments.length > MAXIMUM_DEPTH) {
    return refuse('invalid-key', `has more than ${String(MAXIMUM_DEPTH)} keys`, 'Nest less deeply.');
  }
  return undefined;
}

// Splitting `A____PROTO____B` at each `__` leaves `PROTO` between two empty segments.
function reachesPrototype(segment: string, segments: readonly string[], depth: number): boolean {
  if (isForbiddenKey(segment.toLowerCase()) || isForbiddenKey(camelCase(segment))) return true;
  return foldKey(segment) === 'proto' && segments[depth - 1] === '' && segments[depth + 1] === '';
}

function refuseIndex(path: ConfigPath, segment: string, style: KeyStyle): RefusedKey {
  const example = spellName(style, [...path, '0']);
  return refuse(
    'invalid-key',
    `is a list, and "${clip(segment)}" is not the number of an item`,
    `Write ${example} for its first item.`,
    path,
  );
}

function refuse(code: RefusedKey['code'], message: string, hint: string, path: ConfigPath = ROOT_PATH): RefusedKey {
  return { kind: 'refused', code, path, message, hint };
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
