import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

/** How this program tells the copy it hands over to that it must not hand over again. */
const HANDED_OVER = '?handed-over';

/**
 * The program of the copy of uno-config that the user's files import, as a URL, when it is another one than ours (a global
 * installation, npx). Two copies have two of every class, so the work must be done by theirs.
 *
 * @param argv the words after the program's name
 * @param program the URL of our own program
 */
export function localCopy(argv: readonly string[], folder: string, program: string): string | undefined {
  if (program.endsWith(HANDED_OVER)) return undefined;
  const manifest = installedManifest(startOf(argv, folder));
  if (manifest === undefined) return undefined;
  const theirs = join(dirname(manifest), binOf(manifest) ?? '');
  const isOurs = theirs === dirname(manifest) || realpathSync(theirs) === realpathSync(fileURLToPath(program));
  return isOurs ? undefined : `${pathToFileURL(theirs).href}${HANDED_OVER}`;
}

/** The folder of the configuration file, as far as the words tell; they are checked later. */
function startOf(argv: readonly string[], folder: string): string {
  const { values } = parseArgs({
    args: [...argv],
    options: { cwd: { type: 'string' }, config: { type: 'string', short: 'c' } },
    strict: false,
  });
  const { cwd, config } = values;
  const start = typeof cwd === 'string' ? resolve(folder, cwd) : folder;
  return typeof config === 'string' ? dirname(resolve(start, config)) : start;
}

function installedManifest(folder: string): string | undefined {
  try {
    return createRequire(join(folder, 'uno.config.js')).resolve('uno-config/package.json');
  } catch {
    // None is installed there: whoever imports it will be told.
    return undefined;
  }
}

function binOf(manifest: string): string | undefined {
  // Written by us; a version without a command line has no such entry.
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin?: Record<string, string> };
  return bin?.['uno-config'];
}
