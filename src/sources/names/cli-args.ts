import {
  type ConfigIssue,
  type ConfigOrigin,
  type ConfigPath,
  type ConfigSource,
  type LoadContext,
  type OptionKinds,
  createLayer,
  option,
  readOptions,
} from '../../core/index.js';
import type { CliOption } from './cli-options.js';
import { isBoolean, readCliOptions } from './cli-options.js';
import { resolveOption, spellOption } from './cli-resolve.js';
import { unusableNames } from './env-layer.js';
import { EMPTY_VARIABLES, type EmptyVariables, REFERENCES } from './key-options.js';
import type { KeyMeaning } from './key-resolve.js';
import type { NamedValue } from './key-tree.js';
import { growTree } from './key-tree.js';

/** How {@link cliArgs} reads. */
export interface CliArgsOptions {
  /** The words of the command line, without the program; those of this process, when it loads, by default. */
  readonly argv?: readonly string[];
  /**
   * What happens to an option whose first key is no top-level key: `ignore` (the default) takes it for the program's own,
   * `report` makes it an unknown key.
   */
  readonly unknown?: 'ignore' | 'report';
  /** What `--key=` means: `unset` (the default), that nothing is set; `keep`, an empty string. */
  readonly emptyVariables?: EmptyVariables;
  /** Whether `${…}` in values are references; `true` by default. */
  readonly references?: boolean;
}

/**
 * Options of the command line: `--database.port=5433` or `--database.port 5433`, keys in kebab-case or camelCase.
 *
 * - `--database.tls` is `true`, `--no-database.tls` is `false`; only for boolean fields.
 * - Lists: `--tags a --tags b`, `--tags=a,b`, or `--servers.0.host=…`, numbered from 0. Of any other option that is
 *   repeated the last one counts.
 * - `--key=` is "not set", whatever the type of the field; `!unset` removes what lower sources set.
 * - A value that begins with `--` needs the `=`. What follows a lone `--`, short options and words without dashes are the
 *   program's own, and so are options whose first key is no section (but `--databse.port` is reported).
 *
 * Subpaths: `uno-config`, `uno-config/sources`.
 *
 * @throws TypeError for an option that cannot be meant.
 * @throws ConfigError when it loads: `missing-value`, `invalid-option`, `conflicting-keys`, `missing-item`, `invalid-key`
 *   or `forbidden-key`, with all issues at once.
 * @example
 * ```ts
 * const sources = [yamlFile('config/app.yaml'), processEnv({ prefix: 'APP_' }), cliArgs()];
 * ```
 */
export function cliArgs(options: CliArgsOptions = {}): ConfigSource {
  const { argv, unknown, references, emptyVariables } = readOptions('cliArgs', options, OPTIONS);
  return Object.freeze<ConfigSource>({
    name: SOURCE,
    ...(argv === undefined && { id: `cli-args:${JSON.stringify([unknown, references, emptyVariables])}` }),
    load: ({ schema }) => {
      const { values, issues, unknownKeys } = readValues(argv ?? process.argv.slice(2), schema, {
        unknown,
        emptyVariables,
      });
      const grown = growTree(values, schema);
      const findings = [...issues, ...grown.issues];
      if (findings.length > 0) throw unusableNames('on the command line', findings);
      return createLayer({
        name: SOURCE,
        kind: 'command-line',
        tree: grown.tree,
        references,
        ...(unknownKeys.length > 0 && { unknownKeys }),
        locate: (path) => grown.nearest(path)?.origin ?? originOf(spellOption(path, schema)),
        locateKey: (path) => (grown.first(path) ?? grown.nearest(path))?.origin ?? originOf(spellOption(path, schema)),
        spell: (path) => spellOption(path, schema),
      });
    },
  });
}

const SOURCE = 'command line';

const OPTIONS = {
  argv: option.listOf(option.text),
  unknown: option.or(option.oneOf('ignore', 'report'), 'ignore'),
  emptyVariables: EMPTY_VARIABLES,
  references: REFERENCES,
} satisfies OptionKinds<CliArgsOptions>;

function readValues(
  argv: readonly string[],
  schema: LoadContext['schema'],
  { unknown, emptyVariables }: Required<Pick<CliArgsOptions, 'unknown' | 'emptyVariables'>>,
): Readonly<Record<'issues' | 'unknownKeys', readonly ConfigIssue[]>> & { readonly values: Iterable<NamedValue> } {
  const takeAll = unknown === 'report';
  const values = new Map<string, NamedValue>();
  const issues: ConfigIssue[] = [];
  const unknownKeys: ConfigIssue[] = [];
  for (const option of readCliOptions(argv, (keys) => nodeOf(resolveOption(keys, schema, takeAll)))) {
    const meaning = resolveOption(option.keys, schema, takeAll);
    if (meaning.kind === 'foreign') continue;
    const origin = originOf(option.written);
    if (meaning.kind === 'unknown' && meaning.meant !== undefined) {
      unknownKeys.push(runTogether(meaning.path, meaning.meant, origin, schema));
      continue;
    }
    const problem = problemOf(option, meaning);
    if (problem !== undefined) {
      issues.push({ ...problem, path: meaning.path, origin });
      continue;
    }
    if (option.text === '' && isUnset(meaning, emptyVariables)) continue;
    const key = meaning.path.join('\0');
    const value = option.text ?? !option.negated;
    values.set(key, { path: meaning.path, value: joined(values.get(key), value, meaning), origin, rank: 0 });
  }
  return { values: values.values(), issues, unknownKeys };
}

function runTogether(
  path: ConfigPath,
  meant: ConfigPath,
  origin: ConfigOrigin,
  schema: LoadContext['schema'],
): ConfigIssue {
  const hint = `Did you mean ${spellOption(meant, schema)}?`;
  return { code: 'unknown-key', path, message: 'is not a known key in this spelling', hint, origin };
}

/** What is not known is reported, empty or not. */
function isUnset(meaning: KeyMeaning, emptyVariables: EmptyVariables): boolean {
  return meaning.kind === 'known' && (meaning.node.kind !== 'leaf' || emptyVariables === 'unset');
}

function nodeOf(meaning: KeyMeaning): ReturnType<Parameters<typeof readCliOptions>[1]> {
  if (meaning.kind === 'foreign') return undefined;
  return meaning.kind === 'known' ? meaning.node : 'unknown';
}

function joined(before: NamedValue | undefined, value: unknown, meaning: KeyMeaning): unknown {
  if (before === undefined || meaning.kind !== 'known' || meaning.node.kind !== 'list') return value;
  const items: readonly unknown[] = Array.isArray(before.value) ? before.value : [before.value];
  return [...items, value];
}

function problemOf(option: CliOption, meaning: KeyMeaning): Pick<ConfigIssue, 'code' | 'message' | 'hint'> | undefined {
  if (meaning.kind === 'refused') return { code: meaning.code, message: meaning.message, hint: meaning.hint };
  const positive = `--${option.keys.join('.')}`;
  if (option.negated && option.text !== undefined) {
    return { code: 'invalid-option', message: 'takes no value after --no-', hint: `Write ${positive}=VALUE.` };
  }
  if (meaning.kind !== 'known' || isBoolean(meaning.node)) return undefined;
  if (option.negated) {
    return { code: 'invalid-option', message: 'is not a yes-or-no field', hint: `Write ${positive}=VALUE.` };
  }
  if (option.text !== undefined) return undefined;
  return { code: 'missing-value', message: 'has no value', hint: `Write ${positive}=VALUE.` };
}

function originOf(written: string): NamedValue['origin'] {
  return { kind: 'command-line', source: SOURCE, key: written };
}
