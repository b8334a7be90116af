import {
  type ConfigLayer,
  type ConfigMap,
  type LoadResult,
  type Revision,
  ConfigError,
  copyTree,
  createLayer,
  isConfigLayer,
  isConfigMap,
  isLoadAnswer,
  originAtPath,
  type ConfigSource,
} from '../../core/index.js';

/** The answer of one source: its layers, low to high. A layer that is the same object as before is unchanged. */
export type SourceAnswer = readonly ConfigLayer[];

/**
 * The layers in what a source answered: its own, or one made of its plain object.
 *
 * @throws ConfigError `not-a-map`, or `too-deep` for an object that is nested too deeply or contains itself.
 */
export function layersOf(answer: LoadResult, name: string, revision?: Revision): SourceAnswer {
  if (isLoadAnswer(answer)) return layersOf(answer.value, name, answer.revision);
  if (isConfigLayer(answer)) return [answer];
  if (Array.isArray(answer) && answer.every(isConfigLayer)) return answer;
  return [layerOf(treeOf(answer, name), name, revision)];
}

/**
 * The plain object that a source answered, copied: it is the source's own and may change or be used elsewhere.
 *
 * @throws ConfigError `not-a-map`, `too-deep`.
 */
export function treeOf(answer: unknown, name: string): ConfigMap {
  if (isConfigMap(answer)) return copyTree(answer, name);
  throw new ConfigError({
    code: 'not-a-map',
    category: 'source',
    message: `${name} answered ${kindOf(answer)} instead of an object of settings.`,
  });
}

export function layerOf(tree: ConfigMap, name: string, revision: Revision | undefined): ConfigLayer {
  if (revision === undefined) return createLayer({ name, tree });
  const version = String(revision);
  return createLayer({
    name,
    kind: 'remote',
    tree,
    locate: (path) => ({ ...originAtPath('remote', name, path), version }),
  });
}

/** In words, without the value, which may be a secret. */
function kindOf(answer: unknown): string {
  if (answer === null) return 'null';
  if (Array.isArray(answer)) return 'a list';
  return typeof answer === 'object' ? 'an instance of a class' : typeof answer;
}

/** A key for each source that is the same in the next process: its id, or its name, or its place; numbered when shared. */
export function sourceKeys(sources: readonly ConfigSource[]): readonly string[] {
  const seen = new Map<string, number>();
  return sources.map(({ id, name }, index) => {
    const key = id !== undefined ? `id:${id}` : name !== undefined ? `name:${name}` : `place:${String(index)}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key}#${String(count)}`;
  });
}

const standIns = new WeakSet<ConfigLayer>();

/** Marks these layers as a replacement for a source that is unreachable. */
export function markStandIn(layers: readonly ConfigLayer[]): void {
  for (const layer of layers) standIns.add(layer);
}

/** True for layers that did not come from the source itself, and that it must not be asked to confirm. */
export function areStandIn(layers: readonly ConfigLayer[]): boolean {
  return layers.some((layer) => standIns.has(layer));
}
