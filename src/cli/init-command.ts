import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { isConfigMap } from '../core/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from './command.js';
import { formats } from './common-options.js';
import { CONFIG_FILE_NAMES } from './config-file.js';
import { jsonText } from './output-text.js';
import { starterFiles, type StarterLanguage } from './starter-files.js';
import { chooseCompiler } from './typescript/index.js';
import { UsageError } from './usage-error.js';
import { refuseToOverwrite, writeWhole } from './write-file.js';

export const initCommand: Command = {
  name: 'init',
  summary: 'write a configuration file, a container, a settings class and a config folder to start from',
  words: [],
  options: {
    dir: { type: 'string', value: 'folder', description: 'where to write; default: the working directory' },
    js: { type: 'boolean', description: 'write JavaScript instead of TypeScript' },
    force: { type: 'boolean', description: 'overwrite files that are there' },
    ...formats(['text', 'json'], 'default: text; json: what was written, and the commands that come next'),
  },
  run: init,
};

async function init(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const folder = resolve(io.folder, args.text('dir') ?? '.');
  const language = await languageFor(folder, args.flag('js'));
  const files = starterFiles(language);
  // A configuration file of another ending would hide the new one, or be hidden by it.
  if (!args.flag('force')) await refuseToOverwrite(folder, [...files.keys(), ...CONFIG_FILE_NAMES], '--dir');
  const written: string[] = [];
  for (const [name, text] of files) {
    const path = join(folder, name);
    await writeWhole(folder, name, text);
    written.push(relative(io.folder, path));
  }
  const there = relative(io.folder, folder);
  const next = [
    'npm install uno-config inversify reflect-metadata class-validator class-transformer',
    ...(needsCompiler(language, folder) ? ['npm install --save-dev @swc/core'] : []),
    ...['validate', 'schema --out config.schema.json'].map(
      (command) => `npx uno-config ${command}${there === '' ? '' : ` --cwd ${there}`}`,
    ),
  ];
  if (args.flag('json')) io.out.write(jsonText({ written, next }));
  else {
    const lines = [...written.map((path) => `wrote ${path}`), '', 'Next:', ...next.map((command) => `  ${command}`)];
    io.out.write(lines.map((line) => `${line}\n`).join(''));
  }
  return EXIT.ok;
}

async function languageFor(folder: string, javaScript: boolean): Promise<StarterLanguage> {
  if (!javaScript) return 'ts';
  return (await isModulePackage(folder)) ? 'js' : 'mjs';
}

/** Whether the command line could not load what is written there. */
function needsCompiler(language: StarterLanguage, folder: string): boolean {
  return language === 'ts' && chooseCompiler(join(folder, 'uno.config.ts')).kind === 'none';
}

/** Whether Node takes a folder's `.js` files for ES modules. */
async function isModulePackage(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (text !== undefined) return typeOf(text, folder) === 'module';
  return dirname(folder) === folder ? false : isModulePackage(dirname(folder));
}

function typeOf(text: string, folder: string): unknown {
  try {
    const manifest: unknown = JSON.parse(text);
    return isConfigMap(manifest) ? manifest['type'] : undefined;
  } catch {
    throw new UsageError(`${join(folder, 'package.json')} is not JSON.`);
  }
}
