import type { ConfigLayer, ConfigOrigin, ConfigPath } from '../../core/index.js';
import { createLayer, formatPath, isConfigMap, originAtPath, UNRESOLVED } from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import type { SnapshotLayer, SnapshotSource } from './snapshot.js';

const stored = new WeakMap<ConfigLayer, SnapshotLayer>();

export function storedLayer(layer: ConfigLayer): SnapshotLayer | undefined {
  return stored.get(layer);
}

export function carryStored(from: ConfigLayer, to: ConfigLayer): void {
  const known = stored.get(from);
  if (known !== undefined) stored.set(to, known);
}

/** The earlier layers of a source, with their origins; each origin is marked as a copy. */
export function rebuildLayers({ layers }: SnapshotSource): readonly ConfigLayer[] {
  return layers.map(rebuildLayer);
}

function rebuildLayer(from: SnapshotLayer): ConfigLayer {
  const { kind, references, folder, tree, origins } = from;
  const name = copyOf(from.name);
  const layer = createLayer({
    name,
    kind,
    tree,
    references,
    ...(folder !== undefined && { folder }),
    locate: (path) => {
      const origin = origins.get(formatPath(path));
      return origin === undefined ? originAtPath(kind, name, path) : { ...origin, source: copyOf(origin.source) };
    },
  });
  stored.set(layer, from);
  return layer;
}

/** What a copy is named, of a source or of one of its files. */
export function copyOf(source: string): string {
  return `${COPY}${source}`;
}

/** True for what stands in a copy. */
export function isInCopy({ source }: ConfigOrigin): boolean {
  return source.startsWith(COPY);
}

const COPY = 'last known good of ';

/**
 * An issue for each value that is needed, had to stay out of the last known good, and is set by no source that wins over
 * it.
 *
 * @param rows the layers of all sources, merged, before references are resolved
 */
export function leftOutValues(
  rows: readonly { readonly segment: { readonly path: ConfigPath }; readonly merged: unknown }[],
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { segment, merged } of rows) collect(merged, segment.path, findings);
  return findings;
}

function collect(value: unknown, path: ConfigPath, findings: Finding[]): void {
  if (value === UNRESOLVED) findings.push(leftOut(path));
  else if (Array.isArray(value))
    value.forEach((item, index) => {
      collect(item, [...path, String(index)], findings);
    });
  else if (isConfigMap(value)) for (const key of Object.keys(value)) collect(value[key], [...path, key], findings);
}

function leftOut(path: ConfigPath): Finding {
  return {
    code: 'left-out',
    path,
    message:
      'its source is out of reach, and the last known good does not have it, for it keeps no secret in plain text',
    hint: 'Make the source reachable, or set the value in a source that comes later in the list. With a keyring, what is declared @Secure() is kept encrypted.',
  };
}
