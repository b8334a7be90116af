import { parseArgs } from 'node:util';
import { nearestName } from '../core/index.js';
import type { Command, CommandOptions, CommandArguments } from './command.js';
import { UsageError } from './usage-error.js';

/**
 * The words after the command's name, checked.
 *
 * @throws UsageError for unknown options, missing or illegal values, and too few or too many words.
 */
export function parseArguments(command: Command, options: CommandOptions, argv: readonly string[]): CommandArguments {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const { tokens } = parseArgs({
    args: argv.slice(0, end),
    options: Object.fromEntries(Object.entries(options).map(([name, { type, short }]) => [name, spec(type, short)])),
    // Its own refusals name neither the nearest option nor the command.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const value = checkedValue(token, options, command.name);
    values.set(token.name, value);
    lists.set(token.name, [...(lists.get(token.name) ?? []), value]);
  }
  if (Object.hasOwn(options, 'format')) agreeOnFormat(values);
  // Who asks for help need not know what to write.
  if (!values.has('help')) checkWords(command, words);
  return {
    words,
    programArguments: argv.slice(end + 1),
    text: (name) => values.get(name),
    list: (name) => lists.get(name) ?? [],
    flag: (name) => values.has(name),
  };
}

/** `--json` and `--format json` are one option in two spellings. */
function agreeOnFormat(values: Map<string, string>): void {
  const format = values.get('format');
  if (values.has('json') && format !== undefined && format !== 'json') {
    throw new UsageError(`--json and --format ${format} ask for two forms.`, 'Write one of them.');
  }
  if (values.has('json')) values.set('format', 'json');
  if (format === 'json') values.set('json', '');
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function spec(type: 'string' | 'boolean', short: string | undefined): { type: typeof type; short?: string } {
  return { type, ...(short !== undefined && { short }) };
}

function checkedValue(
  { name, rawName, value, inlineValue }: OptionToken,
  options: CommandOptions,
  command: string,
): string {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) throw unknownOption(rawName, Object.keys(options), command);
  if (option.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value.`, `Write ${rawName} alone.`);
    return '';
  }
  if (value === undefined || value === '' || (value.startsWith('-') && inlineValue !== true)) {
    throw new UsageError(`${rawName} has no value.`, `Write ${rawName} <${option.value ?? 'value'}>.`);
  }
  if (option.choices?.includes(value) === false) {
    const legal = option.choices.join(', ');
    throw new UsageError(
      `${rawName} cannot be ${JSON.stringify(value)}.`,
      meant(value, option.choices, `Legal: ${legal}.`),
    );
  }
  return value;
}

function unknownOption(rawName: string, names: readonly string[], command: string): UsageError {
  const legal = names.map((name) => `--${name}`);
  return new UsageError(
    `${command} has no option ${rawName}.`,
    meant(rawName, legal, `Its options are ${legal.join(', ')}.`),
  );
}

function meant(text: string, candidates: readonly string[], otherwise: string): string {
  const nearest = nearestName(text, candidates);
  return nearest === undefined ? otherwise : `Did you mean ${nearest}?`;
}

function checkWords(command: Command, words: readonly string[]): void {
  const missing = command.words[words.length];
  const usage = ['uno-config', command.name, ...command.words.map((word) => `<${word}>`)].join(' ');
  if (missing !== undefined) throw new UsageError(`${command.name} needs a ${missing}.`, `Write ${usage}.`);
  const surplus = words[command.words.length];
  if (surplus !== undefined && command.moreWords === undefined) {
    const what = command.surplus ?? `${command.name} does not take ${JSON.stringify(surplus)}.`;
    throw new UsageError(what, `Write ${usage}.`);
  }
}
