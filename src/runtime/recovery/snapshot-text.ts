import type { ConfigMap, ConfigOrigin, OriginKind } from '../../core/index.js';
import { isConfigMap, SELECTORS } from '../../core/index.js';
import type { SnapshotSeal } from './snapshot-seal.js';
import type { Snapshot, SnapshotLayer, SnapshotSource } from './snapshot.js';
import { restoredMap, storedValue } from './stored-value.js';

const VERSION = 1;
const HEAD = '{"sha256":"';
const MIDDLE = '","snapshot":';
const DIGEST = /^[0-9a-f]{64}$/;
const BODY_AT = HEAD.length + 64 + MIDDLE.length;

const SEAL = ',"seal":"';

/**
 * A snapshot as the content of its file: JSON, with a checksum over the JSON of the snapshot itself, and a seal over the
 * checksum where there are keys.
 */
export function snapshotText(snapshot: Snapshot, seal?: SnapshotSeal): string {
  const body = bodyOf(snapshot);
  const digest = sha256(body);
  const token = seal?.make(digest);
  return `${HEAD}${digest}${MIDDLE}${body}${token === undefined ? '' : `${SEAL}${token}"`}}\n`;
}

export function snapshotDigest(snapshot: Snapshot): string {
  return sha256(bodyOf(snapshot));
}

export function parseSnapshot(text: string, seal?: SnapshotSeal): Snapshot | 'damaged' | 'forged' {
  // A body ends with a brace, a seal with a quote.
  const sealAt = text.endsWith('"}\n') ? text.lastIndexOf(SEAL) : -1;
  const digest = text.slice(HEAD.length, HEAD.length + 64);
  const body = text.slice(BODY_AT, sealAt < 0 ? -2 : sealAt);
  const isFramed = text.startsWith(HEAD) && text.slice(0, BODY_AT).endsWith(MIDDLE) && text.endsWith('}\n');
  if (!isFramed || !DIGEST.test(digest) || sha256(body) !== digest) return 'damaged';
  const token = sealAt < 0 ? undefined : text.slice(sealAt + SEAL.length, -3);
  if (seal?.holds(token, digest) === false) return 'forged';
  try {
    return restoredSnapshot(JSON.parse(body));
  } catch {
    // Complete, but not in our form: written by other code. The previous one is used instead.
    return 'damaged';
  }
}

function bodyOf({ savedAt, selectors, sources }: Snapshot): string {
  return JSON.stringify({ version: VERSION, savedAt, selectors, sources: sources.map(storedSource) });
}

function sha256(text: string): string {
  // Taken when it is needed: loading the cryptography costs every program a few milliseconds at its start.
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text, 'utf8').digest('hex');
}

function storedSource({ key, readAt, layers }: SnapshotSource): unknown {
  return {
    key,
    readAt,
    layers: layers.map(({ tree, origins, ...layer }) => ({
      ...layer,
      tree: storedValue(tree),
      origins: Object.fromEntries(
        [...origins].map(([path, { key: spelled, line, column, source, kind, version }]) => {
          const isPlain = source === layer.name && kind === layer.kind && version === undefined;
          const place = line === undefined && isPlain ? [] : [line ?? null, column ?? null];
          const more = version === undefined ? [] : [version];
          return [path, [spelled, ...place, ...(isPlain ? [] : [source, kind, ...more])]];
        }),
      ),
    })),
  };
}

function restoredSnapshot(stored: unknown): Snapshot {
  const { version, savedAt, selectors, sources } = map(stored);
  if (version !== VERSION) throw new RangeError('another version');
  const { environment, ...others } = map(selectors);
  const chosen = SELECTORS.flatMap((name) => (others[name] === undefined ? [] : [[name, text(others[name])] as const]));
  return {
    savedAt: number(savedAt),
    selectors: { environment: text(environment), ...Object.fromEntries(chosen) },
    sources: list(sources).map(restoredSource),
  };
}

function restoredSource(stored: unknown): SnapshotSource {
  const { key, readAt, layers } = map(stored);
  return { key: text(key), readAt: number(readAt), layers: list(layers).map(restoredLayer) };
}

function restoredLayer(stored: unknown): SnapshotLayer {
  const layer = map(stored);
  const { folder } = layer;
  const [name, kind] = [text(layer['name']), oneOf(KINDS, layer['kind'])];
  const origins = Object.entries(map(layer['origins'])).map(([path, origin]) => {
    const [key, line, column, source = name, ownKind = kind, version] = list(origin);
    const place = { line, column, version };
    return [path, restoredOrigin(text(key), place, text(source), oneOf(KINDS, ownKind))] as const;
  });
  return {
    name,
    kind,
    references: layer['references'] === true,
    ...(folder !== undefined && { folder: text(folder) }),
    tree: restoredMap(map(layer['tree'])),
    origins: new Map(origins),
  };
}

function restoredOrigin(
  key: string,
  { line, column, version }: Readonly<Record<'line' | 'column' | 'version', unknown>>,
  source: string,
  kind: OriginKind,
): ConfigOrigin {
  return {
    kind,
    source,
    key,
    ...(typeof version === 'string' && { version }),
    ...(typeof line === 'number' && { line }),
    ...(typeof column === 'number' && { column }),
  };
}

// A record, so that a kind that is added to the type is missed here by the compiler.
const KINDS = Object.keys({
  default: true,
  object: true,
  environment: true,
  'env-file': true,
  file: true,
  directory: true,
  'command-line': true,
  remote: true,
  custom: true,
} satisfies Record<OriginKind, true>) as readonly OriginKind[]; // The keys of that very record.

function map(value: unknown): ConfigMap {
  if (!isConfigMap(value)) throw new RangeError('no map');
  return value;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new RangeError('no list');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new RangeError('no text');
  return value;
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw new RangeError('no number');
  return value;
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new RangeError('an unknown word');
  return found;
}
