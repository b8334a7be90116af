import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsEnum,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { planOf } from '../../src/binding/index.js';
import { type SectionShape, shapeOf } from '../../src/binding/plan/section-shape.js';
import type { SectionNode, SecureValue } from '../../src/core/index.js';
import { Duration, IsDuration, ListOf, MapOf, Secure } from '../../src/sections/index.js';

class PoolSettings {
  @IsInt() size = 1;
}

class AppSettings {
  @IsString() text = 'x';
  @MinLength(1) @IsString() longText = 'x';
  @IsInt() whole = 1;
  @IsNumber() number = 1;
  @IsBoolean() on = true;
  @IsEnum(['a', '']) choice = 'a';
  @IsOptional() @IsObject() free?: object;
  @IsDuration() wait = Duration.of('1s');
  @Secure() secret!: SecureValue<string>;
  @Secure() @IsInt() secretNumber!: SecureValue<number>;
  @ListOf(() => String) list: readonly string[] = [];
  @MapOf(() => String) map: Readonly<Record<string, string>> = {};
  @ValidateNested() @Type(() => PoolSettings) pool = new PoolSettings();
}

/** The same section, of which nobody knows the columns. */
function shared(): SectionNode {
  const { keys, spellings } = planOf(AppSettings);
  return { kind: 'section', open: false, keys, spellings };
}

const LEAVES = ['text', 'longText', 'whole', 'number', 'on', 'choice', 'free', 'wait', 'secret', 'secretNumber'];

describe.each<[string, () => SectionNode]>([
  ['a settings class', () => planOf(AppSettings)],
  ['a section that several share', shared],
])('the shape of %s', (_, node) => {
  const those = (holds: (shape: SectionShape, column: number) => boolean): readonly string[] => {
    const shape = shapeOf(node());
    return shape.names.filter((_name, column) => holds(shape, column));
  };

  it('has a column for each key, in their order', () => {
    const shape = shapeOf(node());
    expect(shape.names).toEqual([...LEAVES, 'list', 'map', 'pool']);
    expect(shape.names.map((name) => shape.columnOf(name))).toEqual(shape.names.map((_name, column) => column));
    expect(shape.columnOf('other')).toBeUndefined();
  });

  it('has the node of each column', () => {
    const shape = shapeOf(node());
    const kinds = shape.names.map((_name, column) => shape.node(column)?.kind);
    expect(kinds).toEqual([...LEAVES.map(() => 'leaf'), 'list', 'map', 'section']);
    expect(shape.node(99)).toBeUndefined();
  });

  it('knows single values', () => {
    expect(those((shape, column) => shape.isLeaf(column))).toEqual(LEAVES);
  });

  it('knows for which an empty string is no value', () => {
    expect(those((shape, column) => shape.emptyIsUnset(column))).toEqual([
      'whole',
      'number',
      'on',
      'choice',
      'wait',
      'secretNumber',
    ]);
  });

  it('is worked out once', () => {
    const same = node();
    expect(shapeOf(same)).toBe(shapeOf(same));
  });
});

describe('the shape of a class of simple fields', () => {
  it('needs none of the tables of its schema', () => {
    class Simple {
      @IsString() text = 'x';
      @IsInt() whole = 1;
    }
    const plan = planOf(Simple);
    Object.defineProperty(plan, 'keys', {
      get: () => {
        throw new Error('looked up');
      },
    });
    const shape = shapeOf(plan);
    expect([shape.isLeaf(0), shape.isLeaf(1), shape.emptyIsUnset(0), shape.emptyIsUnset(1)]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect([shape.columnOf('whole'), shape.names]).toEqual([1, plan.names]);
  });
});
