import { describe, expect, it } from '@jest/globals';
import { ImmutableDate } from '../../../src/binding/coerce/index.js';

describe('ImmutableDate', () => {
  const setters = Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith('set'));

  it.each(setters)('%s throws and says what to do', (name) => {
    const date = new ImmutableDate(0);
    // Called by name, as the list of setters is the engine's own.
    const setter: unknown = Reflect.get(date, name);
    expect(() => {
      Reflect.apply(setter as () => void, date, [5]);
    }).toThrow(new TypeError('A Date of the configuration cannot be changed; copy it first: new Date(date).'));
  });

  it('is a Date to everybody who reads it', () => {
    const date = new ImmutableDate(86_400_000);
    expect([date instanceof Date, date.toISOString(), JSON.stringify(date), date.getTime()]).toEqual([
      true,
      '1970-01-02T00:00:00.000Z',
      '"1970-01-02T00:00:00.000Z"',
      86_400_000,
    ]);
  });

  it('gives an ordinary Date when copied', () => {
    const copy = new Date(new ImmutableDate(0));
    copy.setTime(5);
    expect(copy.getTime()).toBe(5);
  });

  it('is cloned as an ordinary Date', () => {
    expect(structuredClone(new ImmutableDate(5)).getTime()).toBe(5);
  });

  it('takes no own properties', () => {
    expect(Reflect.set(new ImmutableDate(0), 'getTime', () => 5)).toBe(false);
  });
});
