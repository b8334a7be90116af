import { describe, expect, it } from '@jest/globals';
import type { ConfigSource, LoadContext, WatchContext } from '../../src/core/index.js';
import { wrapSource } from '../../src/core/index.js';

// What is handed on is not looked at.
const context = {} as LoadContext & WatchContext;

describe('a wrapped source', () => {
  it('calls the methods of a class on their own object, and keeps what the class declares', async () => {
    class Remote implements ConfigSource {
      public readonly name = 'remote';
      public readonly id = 'remote';
      public readonly poll = '30s';
      public readonly timeout = '5s';
      public readonly optional = true;
      readonly #calls: string[] = [];
      public load(): object {
        return { calls: this.#calls };
      }
      public watch(): void {
        this.#calls.push('watch');
      }
      public close(): void {
        this.#calls.push('close');
      }
      public async files(): Promise<readonly string[]> {
        return Promise.resolve(this.#calls);
      }
    }
    const wrapped = wrapSource(new Remote(), { id: 'wrapped' });
    await wrapped.watch?.(context);
    await wrapped.close?.();
    expect(wrapped).toMatchObject({ name: 'remote', id: 'wrapped', poll: '30s', timeout: '5s', optional: true });
    expect([await wrapped.load(context), await wrapped.files?.(context)]).toEqual([
      { calls: ['watch', 'close'] },
      ['watch', 'close'],
    ]);
  });

  it('has only what the other has', () => {
    expect(Object.keys(wrapSource({ load: () => ({}) }, {}))).toEqual(['load']);
  });
});
