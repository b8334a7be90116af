import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { Finding } from './finding.js';
import { isTypeScript, undeclaredSecrets } from './undeclared-secrets.js';

const IMPORTED = /\b(?:from|import)\s{0,20}\(?\s{0,20}['"](\.{1,2}\/[^'"\n]{1,500})['"]/g;
const MOST_FILES = 5_000;

/** What {@link undeclaredSecrets} says of a file and of all that it imports by relative paths, as it is in TypeScript. */
export async function undeclaredSecretsFrom(entry: string, folder: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const known = new Set([resolve(folder, entry)]);
  // What is added while it runs is visited, too.
  for (const path of known) {
    const text = await textOf(path);
    if (text === undefined || known.size > MOST_FILES) continue;
    findings.push(...undeclaredSecrets(text).map((place) => ({ file: relative(folder, path), ...place })));
    for (const [, specifier = ''] of text.matchAll(IMPORTED)) {
      for (const candidate of candidates(resolve(dirname(path), specifier))) known.add(candidate);
    }
  }
  return findings;
}

/** Imports name what a compiler makes of a file. */
function candidates(path: string): readonly string[] {
  if (isTypeScript(path)) return [path];
  const compiled = /\.([cm]?)js$/.exec(path);
  return compiled === null
    ? [`${path}.ts`, `${path}/index.ts`]
    : [`${path.slice(0, compiled.index)}.${compiled[1] ?? ''}ts`];
}

async function textOf(path: string): Promise<string | undefined> {
  if (!isTypeScript(path)) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch {
    // No such file: whoever imports it says so, or it is none of ours.
    return undefined;
  }
}
