import { join, relative, resolve } from 'node:path';
import { type ConfigPath, formatPath, isConfigMap, yamlText } from '../../core/index.js';
import { printable, jsonText } from '../output-text.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from '../command.js';
import { formats } from '../common-options.js';
import { CONFIG_FILE_NAMES } from '../config-file.js';
import { importFailure } from '../import-failure.js';
import { UsageError } from '../usage-error.js';
import { refuseToOverwrite, writeWhole } from '../write-file.js';
import { fromConvict } from './from-convict.js';
import { fromEnvFiles } from './from-env-files.js';
import { fromNodeConfig } from './from-node-config.js';
import { fromSpring } from './from-spring.js';
import {
  collisionsIn,
  type ImportedProject,
  type ImportNote,
  looksSecretValue,
  SECRET_NOTES,
} from './imported-project.js';
import { textOf } from './read-files.js';
import { keysWithoutClass, starterClasses } from './starter-classes.js';

/** What can be imported, and where it is when that is not said. */
const KINDS: Readonly<
  Record<string, { readonly at: string; readonly read: (path: string, io: CommandIo) => Promise<ImportedProject> }>
> = {
  'node-config': { at: 'config', read: fromNodeConfig },
  convict: { at: 'schema.json', read: readConvict },
  env: { at: '.', read: fromEnvFiles },
  spring: { at: 'src/main/resources', read: fromSpring },
};

export const importCommand: Command = {
  name: 'import',
  summary: 'write settings classes and files from those of node-config, convict, .env files or Spring',
  words: [Object.keys(KINDS).join(' | ')],
  moreWords: 'file or folder',
  options: {
    out: { type: 'string', value: 'folder', description: 'where to write; default: the working directory' },
    force: { type: 'boolean', description: 'overwrite files that are there' },
    'dry-run': { type: 'boolean', description: 'write nothing, and print what cannot be carried over' },
    ...formats(['text', 'json'], 'default: text; json: what was written, and what was not carried over'),
  },
  run: runImport,
};

async function runImport(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const [name = '', path, ...rest] = args.words;
  const kind = KINDS[name];
  if (kind === undefined) {
    throw new UsageError(
      `${JSON.stringify(name)} cannot be imported.`,
      `Write one of: ${Object.keys(KINDS).join(', ')}.`,
    );
  }
  if (rest.length > 0) throw new UsageError('import takes one file or folder.');
  const place = resolve(io.folder, path ?? kind.at);
  const project = await kind.read(place, io);
  const folder = resolve(io.folder, args.text('out') ?? '.');
  const files = new Map([...starterClasses(project, relative(folder, place)), ...settingsFiles(project)]);
  const written = [...files.keys()].map((file) => relative(io.folder, join(folder, file)));
  if (!args.flag('dry-run')) {
    if (!args.flag('force')) await refuseToOverwrite(folder, [...files.keys(), ...CONFIG_FILE_NAMES], '--out');
    for (const [file, text] of files) {
      // Settings may hold secrets.
      await writeWhole(folder, file, text, file.startsWith('config/') ? 0o600 : 0o666);
    }
  }
  const notes = [
    ...project.notes,
    ...secretsIn(project),
    ...collisionsIn(project).map(({ first, second }) => {
      const placeOf = ({ path, layer }: typeof first): string => {
        const ofVariables = layer === '' ? '.env' : `.env.${layer}`;
        return `${project.isEnvFiles ? ofVariables : `config/${fileOf(layer)}`}, ${formatPath(path)}`;
      };
      return { place: placeOf(second), message: `is the same setting as ${placeOf(first)}: keep one of them` };
    }),
    ...keysWithoutClass(project).map((key) => ({
      place: JSON.stringify(key),
      message: 'cannot be the name of a class or of a field, and has none',
    })),
  ];
  if (args.flag('json')) io.out.write(jsonText({ written: args.flag('dry-run') ? [] : written, notes }));
  else {
    const verb = args.flag('dry-run') ? 'would write' : 'wrote';
    const lines = [
      ...written.map((file) => `${verb} ${file}`),
      ...(notes.length === 0 ? [] : ['', 'To look at:']),
      ...notes.map(({ place, message }) => `  ${place} ${message}`),
      '',
      `Next: npx uno-config validate${folder === io.folder ? '' : ` --cwd ${relative(io.folder, folder)}`}`,
    ];
    io.out.write(lines.map((line) => `${printable(line)}\n`).join(''));
  }
  return EXIT.ok;
}

async function readConvict(path: string, io: CommandIo): Promise<ImportedProject> {
  const file = relative(io.folder, path);
  const text = await textOf(path);
  if (!path.endsWith('.json')) {
    const exported = await io.importFile(path).catch((error: unknown) => {
      throw importFailure(path, error, io.folder);
    });
    return fromConvict(exported, file);
  }
  try {
    return fromConvict(JSON.parse(text), file);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${file} is not JSON.`);
  }
}

/** Values that look secret, and stand in the files that are written; a library that knows better has said so. */
function secretsIn({ layers, isEnvFiles, notes }: ImportedProject): readonly ImportNote[] {
  const found = new Map<string, ImportNote>();
  for (const [layer, tree] of isEnvFiles ? [] : layers) {
    for (const path of secretPaths(tree, [])) {
      const name = formatPath(path);
      const isNoted = notes.some((note) => note.message === SECRET_NOTES.declared && note.place.endsWith(`, ${name}`));
      if (!isNoted && !found.has(name)) {
        found.set(name, { place: `config/${fileOf(layer)}, ${name}`, message: SECRET_NOTES.looks });
      }
    }
  }
  return [...found.values()];
}

function* secretPaths(value: unknown, path: ConfigPath, name = ''): Generator<ConfigPath, void, undefined> {
  if (typeof value === 'object' && value !== null) {
    const isList = Array.isArray(value);
    for (const [key, below] of Object.entries(value)) yield* secretPaths(below, [...path, key], isList ? name : key);
  } else if (typeof value === 'string' && looksSecretValue(name, value)) yield path;
}

/** Values of `.env` files stay there. */
function settingsFiles({ layers, isEnvFiles }: ImportedProject): ReadonlyMap<string, string> {
  if (isEnvFiles) return new Map();
  return new Map(
    [...layers].map(([layer, tree]) => {
      const text = yamlText(withoutNulls(tree));
      return [`config/${fileOf(layer)}`, text];
    }),
  );
}

function fileOf(layer: string): string {
  return layer === '' ? 'app.yaml' : layer === 'local' ? 'local.yaml' : `app.${layer}.yaml`;
}

/** Null unsets a setting, and nothing is below the base that it could unset. */
function withoutNulls(value: unknown): unknown {
  if (!isConfigMap(value)) return value;
  const entries = Object.entries(value).filter(([, below]) => below !== null);
  return Object.fromEntries(entries.map(([key, below]) => [key, withoutNulls(below)]));
}
