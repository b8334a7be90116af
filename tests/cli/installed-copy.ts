import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { builtPackage } from '../built-package.js';
import { folderWith } from './fake-io.js';

const root = resolve(import.meta.dirname, '../..');

const needed = [
  'class-validator',
  'class-transformer',
  'inversify',
  'reflect-metadata',
  'dotenv',
  'js-yaml',
  'smol-toml',
];

/** A user's project: files of their own, our package as npm would install it, and some others. */
export async function projectWith(
  files: Readonly<Record<string, string>>,
  packages: readonly string[] = [],
  version = '1.0.0',
): Promise<string> {
  const folder = await realpath(await folderWith(files));
  const modules = join(folder, 'node_modules');
  const own = join(modules, 'uno-config');
  cpSync(await builtPackage(), own, { recursive: true });
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as object;
  await writeFile(join(own, 'package.json'), JSON.stringify({ ...manifest, version }));
  for (const name of [...needed, ...packages]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
  return folder;
}

/** How a command line ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** The program of the copy that is installed in a folder. */
export function programIn(folder: string): string {
  return join(folder, 'node_modules/uno-config/dist/cli/main.js');
}

/** Runs the installed copy of a folder, there or elsewhere. */
export function runIn(folder: string, argv: readonly string[], program = programIn(folder)): Promise<Ended> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => ['PATH', 'SystemRoot'].includes(name)));
  return new Promise((done) => {
    execFile(process.execPath, [program, ...argv], { cwd: folder, env, timeout: 240_000 }, (failure, out, error) => {
      const code = failure === null ? 0 : typeof failure.code === 'number' ? failure.code : -1;
      done({ code, out, error });
    });
  });
}
