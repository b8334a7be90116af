import {
  type ConfigLayer,
  type LoadResult,
  type Revision,
  ConfigError,
  copyTree,
  createLayer,
  isConfigLayer,
  isConfigMap,
  isLoadAnswer,
  originAtPath,
} from '../../core/index.js';

/** What one source says: its layers, low to high. A layer that is the same object as before says what it said. */
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
  if (!isConfigMap(answer)) {
    throw new ConfigError({
      code: 'not-a-map',
      category: 'source',
      message: `${name} answered ${kindOf(answer)} instead of an object of settings.`,
    });
  }
  // Copied, because the object is the source's own and may change or be used elsewhere.
  const tree = copyTree(answer, name);
  if (revision === undefined) return [createLayer({ name, tree })];
  const version = String(revision);
  return [
    createLayer({
      name,
      kind: 'remote',
      tree,
      locate: (path) => ({ ...originAtPath('remote', name, path), version }),
    }),
  ];
}

/** In words, without the value, which may be a secret. */
function kindOf(answer: unknown): string {
  if (answer === null) return 'null';
  if (Array.isArray(answer)) return 'a list';
  return typeof answer === 'object' ? 'an instance of a class' : typeof answer;
}
