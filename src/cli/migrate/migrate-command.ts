import { relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatPath } from '../../core/index.js';
import { type MigratedDocument, type Migrations, VERSION_KEY } from '../../runtime/index.js';
import { printable, jsonText, paint } from '../output-text.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from '../command.js';
import { CONFIG_FILE, formats, SELECTORS } from '../common-options.js';
import { envNames } from '../env-names.js';
import { loadDefinition, closeSources, type LoadedDefinition } from '../load-definition.js';
import { ProgressBar } from '../progress-bar.js';
import { UsageError } from '../usage-error.js';
import { wholeNumber } from '../whole-number.js';
import { earlierDefaults } from './earlier-defaults.js';
import { type EncryptAgain, encryptAgain } from './encrypt-again.js';
import type { VariableNames } from './env-document.js';
import { filesToMigrate, tenantFiles } from './files-to-migrate.js';
import { hunksOf, maskLines } from './line-diff.js';
import { type FileMigration, migrateFile, type MigrationProblem, replaceFile } from './migrate-file.js';
import { migrateStores } from './migrate-stores.js';
import { TextRefusal } from './tree-text.js';

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'bring files, stores and documents of tenants to the version of the settings classes; shows a diff at first',
  words: [],
  moreWords: 'files or folders; default: those of the sources, and the stores',
  options: {
    check: { type: 'boolean', description: 'only list what is of an earlier version; exit code 1 if anything is' },
    write: { type: 'boolean', description: 'rewrite the files, and publish the documents of the stores' },
    from: {
      type: 'string',
      value: 'version',
      description: 'of documents that do not say a version, and of .env files, which cannot',
    },
    prefix: {
      type: 'string',
      value: 'text',
      description: 'what the names in .env files begin with; default: as the first processEnv(…) reads them',
    },
    store: { type: 'string', value: 'name', description: 'only this store; default: files, and all stores' },
    keyring: {
      type: 'string',
      value: 'file',
      description: 'opens encrypted values that move; default: the keyring of the configuration file',
    },
    app: {
      type: 'string',
      value: 'name',
      description: 'the application of encrypted values; default: that of the configuration file',
    },
    comment: { type: 'string', value: 'text', description: 'why; kept in the history of a store' },
    author: { type: 'string', value: 'name', description: 'who; default: the user of this machine' },
    'plain-secrets': { type: 'boolean', description: 'let a store keep secrets that are not encrypted' },
    env: SELECTORS.env,
    ...formats(['text', 'json']),
    ...CONFIG_FILE,
  },
  exitCodes: [
    '0  everything is of the current version, or has been brought to it, or the diff was shown',
    '1  with --check: something is of an earlier version; otherwise: something cannot be changed, and stays as it is',
    '2  the command line or the configuration file cannot be used',
  ],
  run: migrate,
};

async function migrate(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  if (args.flag('check') && args.flag('write')) {
    throw new UsageError('--check writes nothing, and --write does.', 'Write one of them.');
  }
  const loaded = await loadDefinition(args, io);
  const { migrations } = loaded.plan;
  const { sources, tenants } = loaded.definition;
  try {
    if (migrations === undefined) {
      if (args.flag('json')) io.out.write(jsonText({ files: [] }));
      else io.out.write('No settings class has a version above 1.\n');
      return EXIT.ok;
    }
    const isStores = args.text('store') !== undefined;
    const ofFiles = isStores ? EXIT.ok : await migrateFiles(loaded, migrations, args, io);
    const ofStores = args.words.length > 0 ? EXIT.ok : await migrateStores(loaded, migrations, args, io);
    // A diff that is shown is no failure.
    return ofFiles !== EXIT.ok || (ofStores !== EXIT.ok && (args.flag('check') || args.flag('write')))
      ? EXIT.different
      : EXIT.ok;
  } finally {
    await closeSources([...sources, ...Object.values(tenants?.parts ?? {})]);
  }
}

async function migrateFiles(
  loaded: LoadedDefinition,
  migrations: Migrations,
  args: CommandArguments,
  io: CommandIo,
): Promise<ExitCode> {
  const ofTenants = await tenantFiles(loaded, io);
  const names = await filesToMigrate(loaded, ofTenants.keys(), args, io);
  const variables = await variableNames(loaded, args);
  const from = args.text('from');
  const assumed = from === undefined ? undefined : wholeNumber('--from', from, 1);
  if (assumed !== undefined && assumed >= migrations.newest) {
    throw new UsageError(
      `--from ${String(assumed)} is no earlier version.`,
      `The sections are of versions up to ${String(migrations.newest)}: write the one that the files are of.`,
    );
  }
  const bar = args.flag('json') ? undefined : new ProgressBar(io.error);
  const isCheck = args.flag('check');
  const files: FileMigration[] = [];
  for (const [done, file] of names.entries()) {
    bar?.update(done / names.length, `${String(done)} of ${fileCount(names.length)}`);
    // A turn for the terminal and for Ctrl-C.
    if (done % 50 === 49) await nextTurn();
    const owner = ofTenants.get(file);
    const again = (id = owner?.id): EncryptAgain =>
      isCheck
        ? (token) => Promise.resolve(token)
        : encryptAgain(args, io, loaded, owner?.isTenant === true ? id : undefined);
    const hasParts = owner !== undefined && owner.id === undefined;
    const reading = { migrations, assumed, names: variables, hasParts, encryptAgain: again, isCheck };
    files.push(await migrateFile(file, reading));
  }
  const complete = isCheck ? files : await withDefaults(files, ofTenants, loaded, io);
  bar?.end();
  const written = args.flag('write') ? await replaceAll(complete, io, args) : complete;
  if (args.flag('json')) io.out.write(jsonText(filesData(written, args, io)));
  else io.out.write(filesText(written, loaded, args, io));
  if (written.some(({ problems }) => problems.length > 0)) return EXIT.left;
  return isCheck && written.some(({ isOutdated }) => isOutdated) ? EXIT.different : EXIT.ok;
}

/** As the first processEnv(…) of the sources names them. */
async function variableNames(loaded: LoadedDefinition, args: CommandArguments): Promise<VariableNames> {
  const nameOf = await envNames(loaded, { environment: 'development' }, args.text('prefix'));
  const [one, two] = [nameOf(['a']), nameOf(['a', 'b'])];
  return { prefix: one.slice(0, -1), separator: two.slice(one.length, -1) };
}

/** With what holds because a file is of an earlier version, which it will not be any more. */
async function withDefaults(
  files: readonly FileMigration[],
  ofTenants: ReadonlyMap<string, unknown>,
  loaded: LoadedDefinition,
  io: CommandIo,
): Promise<readonly FileMigration[]> {
  // In the document of a tenant a default does nothing.
  const outdated = files.filter(
    ({ file, made, problems }) => made !== undefined && problems.length === 0 && !ofTenants.has(file),
  );
  const made = new Map(
    outdated.flatMap(({ file, made: one }): [string, MigratedDocument][] => (one ? [[file, one]] : [])),
  );
  const problems = new Map<string, MigrationProblem>();
  const texts = new Map<string, string>();
  for (const { path, value, file } of await earlierDefaults(made, loaded, io.folder)) {
    const hint = `Write ${formatPath(path)} with the value that is in use into the file that all environments read.`;
    const message = `${formatPath(path)} has a default of an earlier version, which ends with it`;
    const target = outdated.find((each) => each.file === file);
    try {
      if (target?.document === undefined) throw new TextRefusal(message, hint, { line: 1, column: 1 });
      await target.document.apply({ kind: 'insert', path, value, after: VERSION_KEY });
      texts.set(target.file, target.document.text);
    } catch (error) {
      if (!(error instanceof TextRefusal)) throw error;
      for (const each of outdated)
        if (each.made?.defaults !== undefined && Object.keys(each.made.defaults).length > 0)
          problems.set(each.file, { message, hint });
    }
  }
  return files.map((each) => {
    const problem = problems.get(each.file);
    if (problem !== undefined) return { ...each, isOutdated: false, after: each.before, problems: [problem] };
    const text = texts.get(each.file);
    return text === undefined ? each : { ...each, after: (each.before.startsWith('\uFEFF') ? '\uFEFF' : '') + text };
  });
}

async function replaceAll(
  files: readonly FileMigration[],
  io: CommandIo,
  args: CommandArguments,
): Promise<readonly FileMigration[]> {
  const bar = args.flag('json') ? undefined : new ProgressBar(io.error);
  const done: FileMigration[] = [];
  for (const [at, each] of files.entries()) {
    bar?.update(at / files.length, `writing ${String(at)} of ${fileCount(files.length)}`);
    if (!each.isOutdated) {
      done.push(each);
      continue;
    }
    const problem = await replaceFile(each).then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof UsageError)) throw error;
        return { message: error.message, hint: error.hint };
      },
    );
    done.push(problem === undefined ? each : { ...each, isOutdated: false, after: each.before, problems: [problem] });
  }
  bar?.end();
  return done;
}

function filesData(files: readonly FileMigration[], args: CommandArguments, io: CommandIo): unknown {
  return {
    files: files.map((each) => ({
      file: relative(io.folder, each.file),
      state:
        each.problems.length > 0 ? 'left' : !each.isOutdated ? 'current' : args.flag('write') ? 'written' : 'outdated',
      changes: (each.made?.edits ?? []).map(({ word, version, from, to }) => {
        return { word, version, from: from.map(formatPath), to: to.map(({ path }) => formatPath(path)) };
      }),
      problems: each.problems,
    })),
  };
}

function filesText(
  files: readonly FileMigration[],
  loaded: LoadedDefinition,
  args: CommandArguments,
  io: CommandIo,
): string {
  const lines: string[] = [];
  for (const each of files) {
    const name = printable(relative(io.folder, each.file));
    for (const { message, hint, line, column } of each.problems) {
      const place = line === undefined ? name : `${name}:${String(line)}:${String(column)}`;
      lines.push(
        `${paint(io.out, 'red', place)}: ${printable(message)}`,
        ...(hint === '' ? [] : [`    ${printable(hint)}`]),
      );
    }
    if (!each.isOutdated) continue;
    if (args.flag('write')) lines.push(`wrote ${name}`);
    else if (args.flag('check')) lines.push(`${name} is of an earlier version`);
    else lines.push(...diffLines(name, each, loaded, io));
  }
  const [outdated, left] = [
    files.filter(({ isOutdated }) => isOutdated).length,
    files.filter(({ problems }) => problems.length > 0).length,
  ];
  const what = args.flag('write') ? 'written' : 'of an earlier version';
  const rest = left === 0 ? '' : `, ${String(left)} cannot be changed`;
  lines.push(`${fileCount(files.length)}: ${outdated === 0 ? 'none' : String(outdated)} ${what}${rest}.`);
  if (outdated > 0 && !args.flag('write')) lines.push('Write them with uno-config migrate --write.');
  return lines.map((line) => `${line}\n`).join('');
}

function diffLines(
  name: string,
  { before, after, trees }: FileMigration,
  { plan }: LoadedDefinition,
  io: CommandIo,
): readonly string[] {
  const masked = maskLines(trees, plan);
  const shown = (line: string): string => masked(line.replace(/\r$/, ''));
  return [
    paint(io.out, 'bold', name),
    ...hunksOf(before, after).flatMap(({ line, removed, added }) => [
      `@@ line ${String(line)}`,
      ...removed.map((each) => paint(io.out, 'red', `-${shown(each)}`)),
      ...added.map((each) => paint(io.out, 'green', `+${shown(each)}`)),
    ]),
  ];
}

function fileCount(count: number): string {
  return count === 1 ? '1 file' : `${String(count)} files`;
}
