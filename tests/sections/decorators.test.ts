import { readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const SRC = resolve(dirname(fileURLToPath(import.meta.url)), '../../src');

/** Everything that a module imports when it runs, and what that imports; type imports are gone by then. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const imports = text.matchAll(/^(?:import|export) (?:(?:\*|\{[^}]*\}) from )?'([^']+)';/gmu);
  for (const [, from] of imports) {
    if (from === undefined) continue;
    if (from.startsWith('.')) importsOf(resolve(dirname(file), from.replace(/\.js$/, '.ts')), seen);
    else seen.add(from);
  }
  return seen;
}

describe('uno-config/sections', () => {
  const imports = [...importsOf(resolve(SRC, 'sections/decorators.ts'))];

  it('needs reflect-metadata, no other package and no module of Node', () => {
    expect(imports.filter((name) => !name.startsWith(SRC))).toEqual(['reflect-metadata/lite']);
  });

  it('pulls in no floor above core', () => {
    const folders = new Set(
      imports.filter((name) => name.startsWith(SRC)).map((name) => relative(SRC, name).split(sep)[0]),
    );
    expect([...folders].sort()).toEqual(['core', 'sections']);
  });

  it('is found whole by this walk', () => {
    expect(imports).toContain(resolve(SRC, 'sections/section-metadata.ts'));
    expect(imports).toContain(resolve(SRC, 'core/parse-path.ts'));
  });
});
