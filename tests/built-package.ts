import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { whileLocked } from '../src/security/files/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, '.build/src');

/**
 * The folder of the package as it is published, for programs that tests start: its many modules take twice as long to load.
 * It is made of what the tests were compiled from, rather than of `dist`, which may be old or just being written, and used
 * again until that changes.
 */
export async function builtPackage(): Promise<string> {
  return (built ??= build());
}

let built: Promise<string> | undefined;

async function build(): Promise<string> {
  const code = readdirSync(compiled, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  const hash = createHash('sha256');
  for (const name of ['package.json', 'scripts/bundle.js', ...code.sort().map((name) => join('.build/src', name))]) {
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(root, name)));
  }
  const made = join(root, '.build', `package-${hash.digest('hex').slice(0, 12)}`);
  // Test files that need it at once make it once.
  const patience = 240_000;
  if (!existsSync(made)) await whileLocked(join(root, '.build/package'), async () => make(made), { patience });
  return made;
}

async function make(target: string): Promise<void> {
  if (existsSync(target)) return;
  // Earlier ones, and the samples that were compiled for them.
  const others = readdirSync(join(root, '.build')).filter((name) => /^(package|stories)-/.test(name));
  for (const name of others) rmSync(join(root, '.build', name), { recursive: true });
  const unfinished = join(root, '.build/package-unfinished');
  cpSync(join(root, 'package.json'), join(unfinished, 'package.json'));
  cpSync(compiled, join(unfinished, 'dist'), { recursive: true, filter: (name) => !name.endsWith('.map') });
  const options = { cwd: root, env: { ...process.env, NODE_OPTIONS: '' } };
  await promisify(execFile)(process.execPath, ['scripts/bundle.js', join(unfinished, 'dist')], options);
  renameSync(unfinished, target);
}
