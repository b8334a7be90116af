import type { ConfigMap, ConfigOrigin, OriginKind } from '../../core/index.js';
import { ENVIRONMENTS, isConfigMap } from '../../core/index.js';
import type { Snapshot, SnapshotLayer, SnapshotSource } from './snapshot.js';
import { restoredMap, storedValue } from './stored-value.js';

const VERSION = 1;
const HEAD = '{"sha256":"';
const MIDDLE = '","snapshot":';
const DIGEST = /^[0-9a-f]{64}$/;
const BODY_AT = HEAD.length + 64 + MIDDLE.length;

/** A snapshot as the text of its file: JSON, with a checksum over the text of the snapshot itself. */
export function snapshotText(snapshot: Snapshot): string {
  const { savedAt, selectors, sources } = snapshot;
  const body = JSON.stringify({ version: VERSION, savedAt, selectors, sources: sources.map(storedSource) });
  return `${HEAD}${sha256(body)}${MIDDLE}${body}}\n`;
}

/** The snapshot in a text, or `undefined` unless it is whole and of a version that we know. */
export function parseSnapshot(text: string): Snapshot | undefined {
  const digest = text.slice(HEAD.length, HEAD.length + 64);
  const body = text.slice(BODY_AT, -2);
  const isFramed = text.startsWith(HEAD) && text.slice(0, BODY_AT).endsWith(MIDDLE) && text.endsWith('}\n');
  if (!isFramed || !DIGEST.test(digest) || sha256(body) !== digest) return undefined;
  try {
    return restoredSnapshot(JSON.parse(body));
  } catch {
    // Whole, and yet not what we write: made by somebody else. The one before it is asked instead.
    return undefined;
  }
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
        [...origins].map(([path, { key: spelled, line, column, source, kind }]) => {
          const isPlain = source === layer.name && kind === layer.kind;
          const place = line === undefined && isPlain ? [] : [line ?? null, column ?? null];
          return [path, [spelled, ...place, ...(isPlain ? [] : [source, kind])]];
        }),
      ),
    })),
  };
}

function restoredSnapshot(stored: unknown): Snapshot {
  const { version, savedAt, selectors, sources } = map(stored);
  if (version !== VERSION) throw new RangeError('another version');
  const { environment, region, deployment } = map(selectors);
  return {
    savedAt: number(savedAt),
    selectors: {
      environment: oneOf(ENVIRONMENTS, environment),
      ...(region !== undefined && { region: text(region) }),
      ...(deployment !== undefined && { deployment: text(deployment) }),
    },
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
    const [key, line, column, source = name, ownKind = kind] = list(origin);
    return [path, restoredOrigin(text(key), line, column, text(source), oneOf(KINDS, ownKind))] as const;
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

function restoredOrigin(key: string, line: unknown, column: unknown, source: string, kind: OriginKind): ConfigOrigin {
  return {
    kind,
    source,
    key,
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
