import { describe, expect, it } from '@jest/globals';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { storagesIn } from '../../src/binding/fields/transformer-metadata.js';

describe('the copies of class-transformer that a process has loaded', () => {
  const other = { ...defaultMetadataStorage, findTypeMetadata: () => undefined };
  const storage = (exports: unknown) => ({ exports });

  it('are all found, by whatever path they were loaded', () => {
    expect(
      storagesIn({
        '/a/node_modules/class-transformer/cjs/storage.js': storage({ defaultMetadataStorage }),
        'C:\\b\\node_modules\\class-transformer\\cjs\\storage.js': storage({ defaultMetadataStorage: other }),
      }),
    ).toEqual([defaultMetadataStorage, other]);
  });

  it('are not other modules, nor what has another shape', () => {
    expect(
      storagesIn({
        '/a/storage.js': storage({ defaultMetadataStorage: other }),
        '/a/my-class-transformer/cjs/storage.js': storage({ defaultMetadataStorage: other }),
        '/b/class-transformer/cjs/storage.js': storage({ defaultMetadataStorage: {} }),
        '/c/class-transformer/cjs/storage.js': storage(undefined),
        '/d/class-transformer/cjs/storage.js': undefined,
      }),
    ).toEqual([defaultMetadataStorage]);
  });
});
