import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, maskCredentials } from '../core/index.js';
import { UsageError } from './usage-error.js';

/** Why the user's configuration file could not be imported, with the places in their files. */
export function importFailure(file: string, error: unknown, folder: string): UsageError {
  const name = relative(folder, file);
  if (error instanceof UsageError) return error;
  if (!isError(error)) return new UsageError(`${name} could not be loaded: it threw something that is not an error.`);
  const kind = ConfigError.is(error) || error.name === 'Error' ? '' : `${error.name}: `;
  const why = kind + maskCredentials(error.message);
  const places = placesOf(error.stack, folder).map((place) => `\n    at ${place}`);
  return new UsageError(`${name} could not be loaded. ${why}${places.join('')}`, hintFor(error));
}

// Errors of another thread or realm have another Error behind them.
function isError(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}

function hintFor(error: Error): string {
  const [, missing] = /Cannot find package '([^']+)'/.exec(error.message) ?? [];
  if (missing !== undefined) return `Install it: npm install ${missing}.`;
  if (error.message.includes('import statement outside a module')) {
    return 'Rename it to end in .mjs, or write "type": "module" in package.json.';
  }
  const [, type] = /does not provide an export named '([^']+)'/.exec(error.message) ?? [];
  if (type === undefined) return '';
  return `If ${type} is only a type, import it with "import type", so that nothing looks for it when the file runs.`;
}

/** The lines of a stack that stand in files of the user's own. */
function placesOf(stack: string | undefined, folder: string): readonly string[] {
  return (stack ?? '').split('\n').flatMap((line) => {
    const [, text] = /^\s+at (?:.*\()?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line) ?? [];
    if (text === undefined || /[\\/]node_modules[\\/]/.test(text)) return [];
    const [, file = '', position = ''] = /^(.*?)(:\d+:\d+)$/.exec(text) ?? [];
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    const shown = relative(folder, path);
    return shown.startsWith('..') ? [] : [`${shown}${position}`];
  });
}
