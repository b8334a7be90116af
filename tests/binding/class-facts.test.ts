import { describe, expect, it } from '@jest/globals';
import { Exclude, Expose } from 'class-transformer';
import { IsInt, IsString, Matches } from 'class-validator';
import { readClass, unusableClass } from '../../src/binding/fields/class-facts.js';
import { errorOf } from '../core/error-of.js';

describe('the facts of a class', () => {
  it('name no field for a function that instances hold', () => {
    class Settings {
      plain = 1;
      @IsString() host = 'x';
      format = (): string => this.host;
    }
    expect([...readClass(Settings, {}).names].sort()).toEqual(['host', 'plain']);
  });

  it('tell getters from fields, on every prototype', () => {
    class Base {
      number = 1;
      @IsInt() get inherited(): number {
        return this.number;
      }
      @IsInt() get both(): number {
        return this.number;
      }
      set both(_: number) {
        throw new Error('nobody sets it here');
      }
    }
    class Settings extends Base {
      @IsString() host!: string;
      @Matches(/x/) get own(): string {
        return this.host;
      }
      @IsInt() override toString = 1 as unknown as () => string;
    }
    const { names, computed } = readClass(Settings, {});
    expect([...computed].sort()).toEqual(['inherited', 'own']);
    expect([...names].sort()).toEqual(['both', 'host', 'number', 'toString']);
  });

  it('make a second instance only when asked, and once', () => {
    let made = 0;
    class Settings {
      @IsInt() number = ++made;
    }
    const { instance, twin } = readClass(Settings, {});
    expect([made, twin() === twin(), twin() === instance, made]).toEqual([1, true, false, 2]);
  });

  it('have one list of decorators where all of them apply', () => {
    class Settings {
      @IsInt({ groups: ['a'] }) size = 1;
      @IsString() host = 'x';
    }
    for (const selection of [{}, { groups: [] }, { always: true }, { strictGroups: false }]) {
      const { validations, evidence } = readClass(Settings, selection);
      expect([validations === evidence, evidence.length]).toEqual([true, 2]);
    }
    for (const selection of [{ groups: ['a'] }, { strictGroups: true }]) {
      const { validations, evidence } = readClass(Settings, selection);
      expect([validations.length, evidence.length]).toEqual([1, 2]);
    }
  });

  it('take what is not exposed out of the settings where the class says so', () => {
    @Exclude()
    class Closed {
      @Expose() @IsString() shown = 'x';
      @IsString() hidden = 'x';
    }
    class Open {
      @Expose() @IsString() shown = 'x';
      @IsString() plain = 'x';
    }
    expect([...readClass(Closed, {}).transformed].sort()).toEqual(['hidden', 'shown']);
    expect([...readClass(Open, {}).transformed]).toEqual(['shown']);
  });

  it('cannot be read of a class whose constructor throws, and keep what it threw', () => {
    const cause = new RangeError('no');
    class Broken {
      constructor() {
        throw cause;
      }
    }
    const error = errorOf(() => readClass(Broken, {}));
    expect([error.code, error.category, error.message, error.cause]).toEqual([
      'unusable-section-class',
      'binding',
      'Broken cannot be used as a section. Its constructor must work without arguments.',
      cause,
    ]);
    expect(Object.hasOwn(unusableClass(Broken, 'No.'), 'cause')).toBe(false);
  });
});
