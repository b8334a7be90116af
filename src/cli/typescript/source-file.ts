import { statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Compiler } from './compiler.js';

/** True for the URL of a TypeScript file of the user's own. */
export function isTypeScript(url: string | undefined): boolean {
  return url !== undefined && /^file:(?!.*[/]node_modules[/]).*(?<![.]d)[.][mc]?ts(?:[?#].*)?$/.test(url);
}

/**
 * The file that an import means in TypeScript but not in Node: `./a.js` for a.ts, `./a` for a.ts or a/index.ts, and what
 * the user's compiler makes of other names. `undefined` where Node knows better.
 */
export function sourceFile(specifier: string, importer: string | undefined, compiler: Compiler): string | undefined {
  if (importer?.startsWith('file:') !== true) return undefined;
  if (/^(?:\.{0,2}\/|\.{1,2}$|file:)/.test(specifier)) return relativeFile(new URL(specifier, importer));
  if (/^[a-z]+:/i.test(specifier)) return undefined;
  const file = compiler.resolve?.(specifier, fileURLToPath(importer));
  return file === undefined ? undefined : pathToFileURL(file).href;
}

const SOURCES: Readonly<Record<string, string>> = { '.js': '.ts', '.mjs': '.mts', '.cjs': '.cts' };

const ENDINGS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

function relativeFile(url: URL): string | undefined {
  const path = fileURLToPath(url);
  const found = candidates(path).find(isFile);
  return found === undefined ? undefined : `${pathToFileURL(found).href}${url.search}${url.hash}`;
}

function candidates(path: string): readonly string[] {
  const [ending = ''] = /\.[mc]?js$/.exec(path) ?? [];
  const source = SOURCES[ending];
  if (source !== undefined) return [path.slice(0, -ending.length) + source];
  if (isFile(path)) return [];
  const index = path.replace(/[\\/]$/, '');
  return [...ENDINGS.map((end) => path + end), ...ENDINGS.map((end) => `${index}/index${end}`)];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
