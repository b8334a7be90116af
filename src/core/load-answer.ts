import type { ConfigError } from './config-error.js';
import type { ConfigLayer } from './config-layer.js';
import { option, type OptionKinds, readOptions } from './options/index.js';

/** The settings of one document: a plain object, one layer, or several with the later one winning. */
export type LoadedSettings = object | ConfigLayer | readonly ConfigLayer[];

/** The documents of a multi-document source, by id; an error takes the place of a document that cannot be used. */
export type LoadedDocuments = ReadonlyMap<string, LoadedSettings | ConfigError>;

/**
 * One state of what a source holds. Numbers are ordered: a later state has a greater one. A string, such as an ETag, only
 * identifies a state.
 */
export type Revision = number | bigint | string;

/** What {@link createAnswer} takes. */
export interface LoadAnswerOptions {
  /** The settings, or the documents of a source of several. */
  readonly value: LoadedSettings | LoadedDocuments;
  /** Which state of the source this is. Without one, every answer is taken for the newest. */
  readonly revision?: Revision;
  /** When the source came to hold it, in milliseconds since 1970; when it was read, when absent. */
  readonly at?: number;
  /** The milliseconds after which the server wants to be asked next; goes before `poll`. */
  readonly next?: number;
}

/** Their names; the reader of the answer checks their types, as of any source's. */
const OPTIONS = {
  value: option.anything,
  revision: option.anything,
  at: option.anything,
  next: option.anything,
} satisfies OptionKinds<LoadAnswerOptions>;

const ANSWER = Symbol.for('uno-config.answer');

/** What a source answers when it knows which state of its settings this is; made by {@link createAnswer}. */
export interface LoadAnswer extends LoadAnswerOptions {
  readonly [ANSWER]: true;
}

/**
 * Makes an answer that knows its revision. Subpath: `uno-config/sources`.
 *
 * @throws TypeError naming an option that does not exist.
 *
 * @example
 * ```ts
 * const source: ConfigSource = {
 *   name: 'settings service',
 *   poll: '30s',
 *   load: () => createAnswer({ value: { database: { port: 5432 } }, revision: 41 }),
 * };
 * ```
 */
export function createAnswer(options: LoadAnswerOptions): LoadAnswer {
  readOptions('createAnswer', options, OPTIONS);
  return Object.freeze<LoadAnswer>({ ...options, [ANSWER]: true });
}

/** True for what {@link createAnswer} made, in whichever copy of the package. */
export function isLoadAnswer(value: unknown): value is LoadAnswer {
  return typeof value === 'object' && value !== null && ANSWER in value;
}
