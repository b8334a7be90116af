import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from './command.js';
import type { LoadPlan } from '../runtime/index.js';
import { CONFIG_FILE, formats } from './common-options.js';
import { hasConfigFile } from './config-file.js';
import { jsonText, paint } from './output-text.js';
import { loadDefinition, closeSources } from './load-definition.js';
import { namedFiles, scanFile, stagedFiles, type Finding } from './scan/index.js';

export const scanCommand: Command = {
  name: 'scan',
  summary: 'find secrets in plain text in configuration files',
  words: [],
  moreWords: 'files or folders',
  options: {
    staged: { type: 'boolean', description: 'look at what is staged in git, as it would be committed' },
    'no-fields': { type: 'boolean', description: 'do not read the configuration file; look for known forms alone' },
    ...formats(['text', 'json']),
    ...CONFIG_FILE,
  },
  exitCodes: [
    '0  no secret has been found',
    '1  secrets have been found',
    '2  the command line cannot be understood, or a file or the configuration file cannot be used',
  ],
  run: scan,
};

async function scan(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const secrets = await declaredSecrets(args, io);
  const files = args.flag('staged')
    ? await stagedFiles(io.folder, args.words)
    : await namedFiles(io.folder, args.words.length === 0 ? ['.'] : args.words);
  const findings: Finding[] = [];
  const notRead: string[] = [];
  // One after the other, so that memory holds one of them at a time.
  for (const scanned of files) {
    const text = await scanned.read();
    if (text === undefined) notRead.push(scanned.file);
    else findings.push(...(await scanFile(scanned.file, text, secrets)));
  }
  const ok = findings.length === 0;
  if (args.flag('json')) {
    io.out.write(jsonText({ ok, files: files.length - notRead.length, notRead, findings }));
  } else {
    report(io, findings, files.length - notRead.length, notRead);
  }
  return ok ? EXIT.ok : EXIT.found;
}

/** What the user's classes declare, where there is a configuration file. */
async function declaredSecrets(args: CommandArguments, io: CommandIo): Promise<LoadPlan | undefined> {
  if (args.flag('no-fields')) return undefined;
  if (args.text('config') === undefined && !(await hasConfigFile(io.folder))) return undefined;
  const { definition, plan } = await loadDefinition(args, io);
  await closeSources(definition.sources);
  return plan;
}

function report(io: CommandIo, findings: readonly Finding[], files: number, notRead: readonly string[]): void {
  for (const { file, line, column, rule, what } of findings) {
    io.out.write(`${file}:${String(line)}:${String(column)} ${paint(io.out, 'red', rule)}: ${what}\n`);
  }
  for (const file of notRead) io.out.write(`${file} has not been looked at: it is not text, or larger than 16 MiB.\n`);
  const where = files === 1 ? 'one file' : `${String(files)} files`;
  if (findings.length === 0) io.out.write(`${paint(io.out, 'green', 'No plain-text secret')} in ${where}.\n`);
  else
    io.out.write(
      `${String(findings.length)} plain-text ${findings.length === 1 ? 'secret' : 'secrets'} in ${where}.\n`,
    );
}
