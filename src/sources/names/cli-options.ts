import type { SchemaNode } from '../../core/index.js';

/** A long option as written on a command line. */
export interface CliOption {
  /** As written, with its dashes and without its value: `--database.port`, `--no-database.tls`. */
  readonly written: string;
  readonly keys: readonly string[];
  /** True for `--no-…`. */
  readonly negated: boolean;
  /** `undefined` when it has none. */
  readonly text: string | undefined;
}

/** The schema node at a key path of an option; `undefined` when the option belongs to other code. */
export type FindNode = (keys: readonly string[]) => SchemaNode | 'unknown' | undefined;

/**
 * The long options of a command line up to `--`. Only the schema decides whether a word after an option is its value: never
 * for an option of other code; for a boolean field only when it is `true` or `false`.
 */
export function readCliOptions(argv: readonly string[], find: FindNode): readonly CliOption[] {
  const options: CliOption[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') break;
    if (!word.startsWith('--')) continue;
    const option = readOption(word, find);
    const next = argv[index + 1];
    if (option.text === undefined && next !== undefined && takesNext(option, next, find(option.keys))) {
      options.push({ ...option, text: next });
      index++;
    } else {
      options.push(option);
    }
  }
  return options;
}

function readOption(word: string, find: FindNode): CliOption {
  const equals = word.indexOf('=');
  const written = equals === -1 ? word : word.slice(0, equals);
  const text = equals === -1 ? undefined : word.slice(equals + 1);
  const keys = written.slice(2).split('.');
  const positive = written.slice('--no-'.length).split('.');
  // A section may itself be called `no-…`.
  const negated = written.startsWith('--no-') && find(keys) === undefined && find(positive) !== undefined;
  return { written, keys: negated ? positive : keys, negated, text };
}

function takesNext(option: CliOption, next: string, node: SchemaNode | 'unknown' | undefined): boolean {
  if (node === undefined || option.negated || next.startsWith('--')) return false;
  if (node === 'unknown') return !next.startsWith('-');
  return !isBoolean(node) || next === 'true' || next === 'false';
}

/** True for a field that an option without a value turns on. */
export function isBoolean(node: SchemaNode): boolean {
  return node.kind === 'leaf' && node.type === 'boolean';
}
