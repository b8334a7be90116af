import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EXIT, type CommandArguments, type CommandIo, type CommandOptions, type ExitCode } from '../command.js';
import { UsageError } from '../usage-error.js';
import { writeWhole } from '../write-file.js';

export const GENERATED_FILE = {
  out: { type: 'string', value: 'file', description: 'write this file; default: the standard output' },
  check: { type: 'boolean', description: 'only check that the file of --out is current; exit code 1 if it is not' },
} as const satisfies CommandOptions;

export const GENERATED_FILE_CODES: readonly string[] = [
  '0  the file was written, or is current',
  '1  the file is not current, or the settings classes cannot be used',
  '2  the command line or the configuration file cannot be used',
];

/**
 * Writes what was generated, or checks that the file already holds it.
 *
 * @param again how to generate it, for a file that is not current
 * @throws UsageError when the file cannot be written, and for `--check` without `--out`.
 */
export async function deliver(text: string, args: CommandArguments, io: CommandIo, again: string): Promise<ExitCode> {
  const out = args.text('out');
  if (args.flag('check')) {
    if (out === undefined)
      throw new UsageError('--check needs the file to check.', `Write ${again} --out <file> --check.`);
    return check(text, resolve(io.folder, out), out, io, again);
  }
  if (out === undefined) {
    io.out.write(text);
    return EXIT.ok;
  }
  const before = await readFile(resolve(io.folder, out), 'utf8').catch(() => undefined);
  if (before === text) {
    io.out.write(`${out} is current\n`);
    return EXIT.ok;
  }
  await writeWhole(io.folder, out, text);
  io.out.write(`wrote ${out}\n`);
  return EXIT.ok;
}

async function check(text: string, path: string, out: string, io: CommandIo, again: string): Promise<ExitCode> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  // Git may have given it other line ends.
  if (before?.replaceAll('\r\n', '\n') === text) {
    io.out.write(`${out} is current\n`);
    return EXIT.ok;
  }
  const line = before === undefined ? undefined : firstDifference(before, text);
  const what = line === undefined ? `${out} is not there` : `${out} is not current, from line ${String(line)} on`;
  io.out.write(`${what}: run ${again} --out ${out}\n`);
  return EXIT.different;
}

function firstDifference(before: string, after: string): number {
  const [old, current] = [before.split(/\r?\n/), after.split('\n')];
  const at = old.findIndex((text, index) => text !== current[index]);
  return (at === -1 ? old.length : at) + 1;
}
