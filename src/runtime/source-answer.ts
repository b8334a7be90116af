import type { ConfigLayer, LoadResult } from '../core/index.js';
import { ConfigError, copyTree, createLayer, isConfigLayer, isConfigMap } from '../core/index.js';

/** What one source says: its layers, low to high. A layer that is the same object as before says what it said. */
export type SourceAnswer = readonly ConfigLayer[];

/**
 * The layers in what a source answered: its own, or one made of its plain object.
 *
 * @throws ConfigError `not-a-map`, or `too-deep` for an object that is nested too deeply or contains itself.
 */
export function layersOf(answer: LoadResult, name: string): SourceAnswer {
  if (isConfigLayer(answer)) return [answer];
  if (Array.isArray(answer) && answer.every(isConfigLayer)) return answer;
  if (!isConfigMap(answer)) {
    throw new ConfigError({
      code: 'not-a-map',
      category: 'source',
      message: `${name} answered ${kindOf(answer)} instead of an object of settings.`,
    });
  }
  // Copied, because the object is the source's own and may change or be used elsewhere.
  return [createLayer({ name, tree: copyTree(answer, name) })];
}

/** In words, without the value, which may be a secret. */
function kindOf(answer: unknown): string {
  if (answer === null) return 'null';
  if (Array.isArray(answer)) return 'a list';
  return typeof answer === 'object' ? 'an instance of a class' : typeof answer;
}
