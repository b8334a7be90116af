import { nearestName } from '../core/index.js';
import type { Command } from './command.js';
import { UsageError } from './usage-error.js';

export type NamedCommand =
  /** A command, and the words after its name. */
  | { readonly command: Command; readonly words: readonly string[] }
  /** The commands whose names begin with one word. */
  | { readonly group: string; readonly commands: readonly Command[]; readonly words: readonly string[] };

export function findCommand(all: readonly Command[], [first = '', ...words]: readonly string[]): NamedCommand {
  const [next] = words;
  // A command may be the first word of others: schema, and schema diff.
  const longer = next === undefined ? undefined : all.find(({ name }) => name === `${first} ${next}`);
  if (longer !== undefined) return { command: longer, words: words.slice(1) };
  const command = all.find(({ name }) => name === first);
  if (command !== undefined) return { command, words };
  const commands = all.filter(({ name }) => name.startsWith(`${first} `));
  if (commands.length === 0) throw unknown(first, all);
  if (next === undefined || next.startsWith('-')) return { group: first, commands, words };
  const names = commands.map(({ name }) => name.slice(first.length + 1));
  throw new UsageError(
    `${first} has no command ${JSON.stringify(next)}.`,
    meant(next, names, `Its commands are ${names.join(', ')}; see uno-config ${first} --help.`),
  );
}

function unknown(name: string, all: readonly Command[]): UsageError {
  const names = [...new Set(all.map((command) => command.name.replace(/ .*/, '')))];
  const what = name.startsWith('-') ? 'option' : 'command';
  return new UsageError(
    `There is no ${what} ${JSON.stringify(name)}.`,
    meant(name, names, `The commands are ${names.join(', ')}; see uno-config --help.`),
  );
}

function meant(name: string, names: readonly string[], otherwise: string): string {
  const nearest = nearestName(name, names);
  return nearest === undefined ? otherwise : `Did you mean ${nearest}?`;
}
