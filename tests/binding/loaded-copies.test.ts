import { describe, expect, it } from '@jest/globals';
import { copiesIn } from '../../src/binding/fields/loaded-copies.js';

const loaded = (...files: readonly string[]) => Object.fromEntries(files.map((file) => [file, { exports: {} }]));

describe('the copies of packages of decorators that a process has loaded', () => {
  it('are named with their folders, however they were installed', () => {
    expect(
      copiesIn(
        loaded(
          '/app/node_modules/class-transformer/cjs/index.js',
          '/app/node_modules/class-transformer/cjs/storage.js',
          '/app/node_modules/.pnpm/class-transformer@0.4.0/node_modules/class-transformer/cjs/storage.js',
          'C:\\app\\node_modules\\class-validator\\cjs\\index.js',
          'C:\\linked\\node_modules\\class-validator\\cjs\\index.js',
        ),
      ),
    ).toEqual([
      {
        name: 'class-transformer',
        folders: [
          '/app/node_modules/class-transformer',
          '/app/node_modules/.pnpm/class-transformer@0.4.0/node_modules/class-transformer',
        ],
      },
      {
        name: 'class-validator',
        folders: ['C:\\app\\node_modules\\class-validator', 'C:\\linked\\node_modules\\class-validator'],
      },
    ]);
  });

  it('are none where there is one of each, or where packages have similar names', () => {
    expect(
      copiesIn(
        loaded(
          '/app/node_modules/class-transformer/cjs/index.js',
          '/app/node_modules/class-validator/cjs/index.js',
          '/app/node_modules/class-validator/node_modules/validator/index.js',
          '/app/node_modules/my-class-validator/cjs/index.js',
        ),
      ),
    ).toEqual([]);
  });
});
