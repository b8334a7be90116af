import type { Command, CommandOption, CommandOptions } from './command.js';

export function programHelp(commands: readonly Command[]): string {
  return [
    'Checks, explains and prints the settings of a service.',
    '',
    'Usage: uno-config <command> [options]',
    '',
    'Commands:',
    ...table(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Options:',
    ...table([
      ['-h, --help', 'show this page, or that of a command'],
      ['-v, --version', 'show the version of uno-config'],
    ]),
    '',
    ...exitCodes(EXIT_CODES),
    '',
  ].join('\n');
}

/** The page that `uno-config <group> --help` shows. */
export function groupHelp(group: string, commands: readonly Command[]): string {
  return [
    `Usage: uno-config ${group} <command> [options]`,
    '',
    'Commands:',
    ...table(commands.map(({ name, summary }) => [name.slice(group.length + 1), summary])),
    '',
    `See uno-config ${group} <command> --help.`,
    '',
  ].join('\n');
}

/** The page that `uno-config <command> --help` shows. */
export function commandHelp(
  { name, summary, words, moreWords, exitCodes: own = EXIT_CODES }: Command,
  options: CommandOptions,
): string {
  const more = moreWords === undefined ? [] : [`[${moreWords}]`];
  const usage = ['uno-config', name, ...words.map((word) => `<${word}>`), ...more, '[options]'].join(' ');
  return [
    `Usage: ${usage}`,
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    '',
    'Options:',
    ...table(Object.entries(options).map(([option, about]) => [written(option, about), about.description])),
    '',
    ...exitCodes(own),
    '',
  ].join('\n');
}

const EXIT_CODES: readonly string[] = [
  '0  done; the settings are valid',
  '1  the settings are not valid',
  '2  the command line cannot be understood, or the configuration file cannot be used',
];

function exitCodes(lines: readonly string[]): readonly string[] {
  return ['Exit codes:', ...lines.map((line) => `  ${line}`)];
}

function written(name: string, { short, value, choices }: CommandOption): string {
  const values = choices?.join('|') ?? value;
  return `${short === undefined ? '' : `-${short}, `}--${name}${values === undefined ? '' : ` <${values}>`}`;
}

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
