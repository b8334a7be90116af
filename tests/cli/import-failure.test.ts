import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { importFailure } from '../../src/cli/import-failure.js';
import { UsageError } from '../../src/cli/usage-error.js';
import { ConfigError } from '../../src/core/index.js';

const folder = resolve('/shop');
const file = join(folder, 'uno.config.ts');

const failure = (message: string, stack: readonly string[] = [], name = 'Error'): UsageError => {
  const error = new Error(message);
  error.name = name;
  error.stack = [`${name}: ${message}`, ...stack].join('\n');
  return importFailure(file, error, folder);
};

describe('importFailure', () => {
  it('keeps the places that stand in files of the user', () => {
    const { message } = failure('no', [
      `    at new HttpSettings (${pathToFileURL(join(folder, 'src/http.ts')).href}:3:9)`,
      `    at ${pathToFileURL(file).href}:7:1`,
      `    at Object.<anonymous> (${join(folder, 'src/old.cjs')}:1:2)`,
      `    at check (${pathToFileURL(join(folder, 'node_modules/x/index.js')).href}:1:1)`,
      `    at elsewhere (${pathToFileURL(resolve('/other/y.js')).href}:1:1)`,
      '    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)',
    ]);
    expect(message).toBe(
      [
        'uno.config.ts could not be loaded. no',
        `    at ${join('src', 'http.ts')}:3:9`,
        '    at uno.config.ts:7:1',
        `    at ${join('src', 'old.cjs')}:1:2`,
      ].join('\n'),
    );
  });

  it('names the kind of error, unless it says nothing', () => {
    expect(failure('no', [], 'SyntaxError').message).toBe('uno.config.ts could not be loaded. SyntaxError: no');
    const error = new ConfigError({ code: 'acme:x', category: 'source', message: 'Wrong.' });
    error.stack = '';
    expect(importFailure(file, error, folder).message).toBe('uno.config.ts could not be loaded. Wrong.');
  });

  it.each([
    ["Cannot find package 'uno-config' imported from x", 'Install it: npm install uno-config.'],
    [
      "The requested module './a.js' does not provide an export named 'Shape'",
      'If Shape is only a type, import it with "import type", so that nothing looks for it when the file runs.',
    ],
    [
      'Cannot use import statement outside a module',
      'Rename it to end in .mjs, or write "type": "module" in package.json.',
    ],
    ['something else', ''],
  ])('knows the way out of: %s', (message, hint) => {
    expect(failure(message).hint).toBe(hint);
  });

  it('hides credentials that a message quotes', () => {
    expect(failure('no route to postgres://app:hunter2@db/x').message).not.toContain('hunter2');
  });

  it('passes on what is told already, and survives what is no error', () => {
    const told = new UsageError('told');
    expect(importFailure(file, told, folder)).toBe(told);
    expect(importFailure(file, 'hunter2', folder).message).toBe(
      'uno.config.ts could not be loaded: it threw something that is not an error.',
    );
  });
});
