import { describe, expect, it } from '@jest/globals';
import { createLayer, isConfigLayer } from '../../src/core/index.js';

describe('createLayer', () => {
  it('fills in what a simple source leaves open', () => {
    const tree = { a: 1 };
    const layer = createLayer({ name: 'mine', tree });
    expect(layer).toMatchObject({ name: 'mine', kind: 'custom', references: true });
    expect(layer.tree).toBe(tree);
    expect(layer.locate(['a', 'b'])).toEqual({ kind: 'custom', source: 'mine', key: 'a.b' });
    expect(Object.keys(layer).sort()).toEqual(['kind', 'locate', 'name', 'references', 'tree']);
  });

  it('keeps everything that it is given', () => {
    const origin = { kind: 'file', source: 'app.yaml', key: 'a', line: 1 } as const;
    const layer = createLayer({
      name: 'app.yaml',
      kind: 'file',
      tree: {},
      references: false,
      folder: '/etc/app',
      locate: () => origin,
      spell: (path) => path.join('/'),
    });
    expect(layer).toMatchObject({ name: 'app.yaml', kind: 'file', references: false, folder: '/etc/app' });
    expect(layer.locate(['a'])).toBe(origin);
    expect(layer.spell?.(['a', 'b'])).toBe('a/b');
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(createLayer({ name: 'mine', tree: {} }))).toBe(true);
  });
});

describe('isConfigLayer', () => {
  it('knows a layer, and one of another copy of the package', () => {
    expect(isConfigLayer(createLayer({ name: 'mine', tree: {} }))).toBe(true);
    expect(isConfigLayer({ [Symbol.for('uno-config.layer')]: true })).toBe(true);
  });

  it.each([[{ name: 'mine', tree: {} }], [null], [undefined], ['layer'], [[]]])('is false for %p', (other) => {
    expect(isConfigLayer(other)).toBe(false);
  });
});
