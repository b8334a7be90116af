import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CompilerChoice } from './compiler.js';

/** The compiler that is installed where a file is: TypeScript before version 7, or else `@swc/core`. */
export function chooseCompiler(file: string): CompilerChoice {
  const typescript = resolveFrom(file, 'typescript');
  const version = typescript === undefined ? undefined : versionOf(typescript, 'typescript');
  // From 7 on the package has no functions to call, only a program.
  const isUsable = version !== undefined && Number(version.split('.')[0]) < 7;
  if (typescript !== undefined && isUsable) return { kind: 'typescript', entry: typescript };
  const swc = resolveFrom(file, '@swc/core');
  if (swc !== undefined) return { kind: 'swc', entry: swc };
  const found = version === undefined ? 'none is installed here' : `typescript ${version} offers none to call`;
  return {
    kind: 'none',
    reason:
      `TypeScript files with decorators need a compiler, and ${found}. ` +
      'Install @swc/core, or typescript before version 7 (npm install --save-dev typescript@6); ' +
      'or compile the files yourself and write --config <file>.js.',
  };
}

function resolveFrom(file: string, name: string): string | undefined {
  try {
    return createRequire(file).resolve(name);
  } catch {
    // Not installed, or without anything to call.
    return undefined;
  }
}

function versionOf(entry: string, name: string): string | undefined {
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'));
    if (manifest?.name === name) return manifest.version;
  }
  return undefined;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

function readManifest(path: string): Manifest | undefined {
  try {
    // Manifests of installed packages are objects; npm reads them too.
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  } catch {
    // There need not be one in every folder.
    return undefined;
  }
}
