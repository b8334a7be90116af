import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { ConfigError } from '../../src/core/index.js';
import { expectHarmless, survives } from './survive.js';

describe('survives', () => {
  it('lets a ConfigError pass', async () => {
    const attempt = (): never => {
      throw new ConfigError({ code: 'acme:x', category: 'source', message: 'It failed.' });
    };
    await expect(survives(fc.constant(1), attempt)).resolves.toBeUndefined();
  });

  it('notices any other error', async () => {
    const attempt = (): never => {
      throw new RangeError('Maximum call stack size exceeded');
    };
    await expect(survives(fc.constant(1), attempt)).rejects.toThrow('Property failed');
  });

  it.each<[string, object]>([
    ['Object.prototype', Object.prototype],
    ['Array.prototype', Array.prototype],
    ['Function.prototype', Function.prototype],
    ['Object', Object],
  ])('notices what was left on %s', async (_name, owner) => {
    const attempt = (): void => {
      Object.defineProperty(owner, 'polluted', { value: 1, configurable: true });
    };
    try {
      await expect(survives(fc.constant(1), attempt)).rejects.toThrow('Property failed');
    } finally {
      Reflect.deleteProperty(owner, 'polluted');
    }
  });
});

describe('expectHarmless', () => {
  it.each<[string, unknown]>([
    ['an own __proto__', JSON.parse('{"a":[{"__proto__":1}]}')],
    ['a constructor', { constructor: {} }],
    ['a prototype that came from outside', { a: Object.create({ polluted: 1 }) as object }],
    ['a prototype that claims to be of a class', Object.create({ constructor: { name: 'x' } })],
  ])('notices %s', (_what, tree) => {
    expect(() => {
      expectHarmless(tree);
    }).toThrow('toEqual');
  });

  it('has nothing against instances', () => {
    expect(() => {
      expectHarmless({ a: new Date(0), b: [new URL('http://a/'), null, 1, Object.create(null)] });
    }).not.toThrow();
  });
});
