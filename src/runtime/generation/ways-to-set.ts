import { type ConfigLayer, type ConfigPath, type OriginKind, formatPath } from '../../core/index.js';
import type { Traceable } from '../rows/index.js';

const MOST_WAYS = 3;

/**
 * How the sources of a load would set a path, at most three ways. For a secret, those come first that keep it out of the
 * repository and of the list of processes.
 */
export function waysToSet(path: ConfigPath, { readings, plan }: Traceable): readonly string[] {
  const highToLow = readings
    .flatMap(({ answer }) => answer)
    .filter(isSettable)
    .reverse();
  const ordered = plan.isSecret(path) ? fitForSecrets(highToLow) : withOneFile(highToLow);
  const ways = new Set(ordered.map((layer) => `${layer.spell?.(path) ?? formatPath(path)} (${layer.name})`));
  return ways.size === 0 ? [formatPath(path)] : [...ways].slice(0, MOST_WAYS);
}

/** Initialisers are code in the classes. */
function isSettable({ kind }: ConfigLayer): boolean {
  return kind !== 'default';
}

/** A file before the variables and options; one of several is enough. */
function withOneFile(layers: readonly ConfigLayer[]): readonly ConfigLayer[] {
  const file = layers.find((layer) => layer.spell === undefined);
  return [...(file === undefined ? [] : [file]), ...layers.filter((layer) => layer.spell !== undefined)];
}

/** A mounted folder and variables are where secrets are put; the rest only when there is no such source. */
function fitForSecrets(layers: readonly ConfigLayer[]): readonly ConfigLayer[] {
  const fit: readonly OriginKind[] = ['environment', 'directory', 'env-file'];
  const kept = fit.flatMap((kind) => layers.filter((layer) => layer.kind === kind));
  return kept.length > 0 ? kept : withOneFile(layers);
}
