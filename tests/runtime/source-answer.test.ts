import { describe, expect, it } from '@jest/globals';
import { createAnswer, createLayer, formatOrigin, type LoadResult } from '../../src/core/index.js';
import { layersOf } from '../../src/runtime/recovery/source-answer.js';
import { errorOf } from '../core/error-of.js';

describe('what a source answers', () => {
  it('is one layer of its name when it is a plain object', () => {
    expect(layersOf({ app: { port: 1 } }, 'vault')).toMatchObject([{ name: 'vault', tree: { app: { port: 1 } } }]);
  });

  it('is its own layers as they are', () => {
    const layers = [createLayer({ name: 'low', tree: {} }), createLayer({ name: 'high', tree: {} })];
    expect(layersOf(layers, 'vault')).toBe(layers);
  });

  it('is at a revision when it knows one', () => {
    const [layer] = layersOf(createAnswer({ value: { database: { port: 1 } }, revision: 41 }), 'postgres settings');
    expect([layer?.kind, layer && formatOrigin(layer.locate(['database', 'port']))]).toEqual([
      'remote',
      'database.port (postgres settings, revision 41)',
    ]);
  });

  it('may not contain itself', () => {
    const answer: Record<string, unknown> = {};
    answer['app'] = answer;
    const error = errorOf(() => layersOf(answer, 'vault'));
    expect([error.code, error.message]).toEqual([
      'too-deep',
      'The values of vault are nested more than 100 levels deep, or contain themselves.\nGive plain data without cycles.',
    ]);
  });

  it.each([
    ['null', null],
    ['a list', [1]],
    ['string', 'text'],
    ['an instance of a class', new Map()],
  ])('is refused when it is %s', (what, answer) => {
    // What TypeScript forbids, JavaScript may still answer.
    const error = errorOf(() => layersOf(answer as unknown as LoadResult, 'vault'));
    expect([error.code, error.message]).toEqual([
      'not-a-map',
      `vault answered ${what} instead of an object of settings.`,
    ]);
  });
});
