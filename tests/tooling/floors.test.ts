import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');

/** A house that breaks each rule once, next to imports that are fine. */
const house = {
  'src/index.ts': `export * from './core/index.js'; export * from './core/clock.js';`,
  'src/standalone.ts': `export { Late } from './container/index.js';`,
  'src/core/index.ts': `export * from './clock.js'; import 'reflect-metadata'; export { x } from './digest.js';`,
  'src/core/clock.ts': `import type { Later } from './later.js'; export type Clock = Later;`,
  'src/core/later.ts': `import type { Clock } from './clock.js'; export type Later = Clock;`,
  'src/core/digest.ts': `import { readFile } from 'node:fs/promises'; import { hash } from 'node:crypto'; export const x = [readFile, hash];`,
  'src/sections/index.ts': `import 'reflect-metadata'; export { y } from '../sources/index.js';`,
  'src/sections/alias.ts': `export { x as alias } from '../core/index.js';`,
  'src/sources/index.ts': `import yaml from 'js-yaml'; export const y = [yaml, () => import('dotenv')];`,
  'src/sources/file.ts': `export { x as file } from '../core/index.js';`,
  'src/sources/remote/nats/index.ts': `export { y } from '../../index.js'; export { file } from '../../file.js';`,
  'src/binding/index.ts': `import 'class-validator'; import 'not-there'; export { inner } from './coerce/inner.js';`,
  'src/binding/coerce/index.ts': `export { inner } from './inner.js';`,
  'src/binding/coerce/inner.ts': `export { x as inner } from '../../core/index.js';`,
  'src/runtime/index.ts': `import 'inversify'; export { inner } from '../binding/index.js'; export { Late } from '../container/index.js';`,
  'src/container/index.ts': `import 'inversify'; export { alias as Late } from '../sections/alias.js';`,
  'src/testing/index.ts': `import 'jest'; import 'inversify'; export { Late } from '../container/index.js';`,
  'src/utils/index.ts': `export { x } from '../core/index.js';`,
  'src/testing/alone.ts': `export { Late } from '../standalone.js';`,
  'src/flags/index.ts': `export const alone = true;`,
};

const packages = ['class-validator', 'dotenv', 'inversify', 'jest', 'js-yaml', 'reflect-metadata'];

const violations = [
  'core-does-no-io: src/core/digest.ts -> fs/promises',
  'enter-inner-folder-by-index: src/binding/index.ts -> src/binding/coerce/inner.ts',
  'every-folder-has-a-floor: src/utils/index.ts -> src/core/index.ts',
  'floor-1-sections: src/sections/index.ts -> src/sources/index.ts',
  'floor-2-sources-remote: src/sources/remote/nats/index.ts -> src/sources/file.ts',
  'floor-3-runtime: src/runtime/index.ts -> src/container/index.ts',
  'floor-6-testing: src/testing/alone.ts -> src/standalone.ts',
  'floor-4-container: src/container/index.ts -> src/sections/alias.ts',
  'no-circular: src/core/clock.ts -> src/core/later.ts',
  'no-dev-deps-in-src: src/testing/index.ts -> node_modules/jest/index.js',
  'no-orphans: src/flags/index.ts -> src/flags/index.ts',
  'not-to-unresolvable: src/binding/index.ts -> not-there',
  'packages-core: src/core/index.ts -> node_modules/reflect-metadata/index.js',
  'packages-runtime: src/runtime/index.ts -> node_modules/inversify/index.js',
  'packages-testing: src/testing/index.ts -> node_modules/jest/index.js',
  'parsers-load-lazily: src/sources/index.ts -> node_modules/js-yaml/index.js',
  'roof-only-collects: src/index.ts -> src/core/clock.ts',
  'standalone-without-inversify: src/standalone.ts -> node_modules/inversify/index.js',
];

interface Report {
  readonly summary: { readonly violations: readonly { from: string; to: string; rule: { name: string } }[] };
}

describe('the rules of dependency-cruiser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'uno-floors-'));
  const broken: string[] = [];

  beforeAll(() => {
    const files: Record<string, string> = {
      ...house,
      'tsconfig.build.json': '{"compilerOptions":{"module":"nodenext"}}',
    };
    files['package.json'] = JSON.stringify({
      dependencies: { 'class-validator': '1', dotenv: '1', 'js-yaml': '1' },
      peerDependencies: { inversify: '1', 'reflect-metadata': '1' },
      devDependencies: { inversify: '1', jest: '1', 'reflect-metadata': '1' },
    });
    for (const name of packages) {
      files[`node_modules/${name}/package.json`] = JSON.stringify({ name, version: '1.0.0', main: 'index.js' });
      files[`node_modules/${name}/index.js`] = '';
    }
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const depcruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const config = join(root, '.dependency-cruiser.cjs');
    const { stdout } = spawnSync(process.execPath, [depcruise, '--config', config, '--output-type', 'json', 'src'], {
      cwd: folder,
      encoding: 'utf8',
    });
    // Safe: dependency-cruiser's own JSON report; a missing field fails the tests below.
    const report = JSON.parse(stdout) as Report;
    broken.push(...report.summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`).sort());
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(violations)('stop %s', (violation) => {
    expect(broken).toContain(violation);
  });

  it('let every other import pass', () => {
    expect(broken.filter((violation) => !violations.includes(violation))).toEqual([]);
  });
});
