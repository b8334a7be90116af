import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import {
  ArrayMinSize,
  ArrayUnique,
  IsEmail,
  IsEnum,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { ConfigError, formatPath } from '../../../src/core/index.js';
import {
  ConfigSection,
  type Duration,
  type ByteSize,
  IsByteSize,
  IsDuration,
  ListOf,
  MapOf,
  RequiredIn,
  Rule,
  type SectionClass,
  Secure,
  type SecureValue,
} from '../../../src/sections/index.js';
import { testSettings } from '../../../src/testing/index.js';
import { arbitrary, invalid } from '../../../src/testing/fast-check/index.js';
import fc from '../../fast-check.js';

enum Level {
  Low = 'low',
  High = 'high',
}

class Pool {
  @IsInt() @Min(0) @Max(20) min!: number;
  @IsInt() @Min(0) @Max(20) max!: number;

  @Rule('min must not exceed max', { fields: ['min', 'max'] })
  ordered(): boolean {
    return this.min <= this.max;
  }
}

class Tree {
  @IsInt() value = 0;
  @ListOf(() => Tree) children: Tree[] = [];
}

class Shape {
  @IsString() kind!: string;
}

class Circle extends Shape {
  @IsNumber() @Min(0) radius!: number;
}

class Square extends Shape {
  @IsNumber() @Min(0) side!: number;
}

@ConfigSection('shop.everything')
class Everything {
  @IsString() @Length(2, 5) code!: string;
  @Matches(/^[a-z]+-\d{2}$/) name!: string;
  @IsEmail() owner!: string;
  @IsIn(['a', 'b']) choice!: string;
  @IsEnum(Level) level!: Level;
  @IsOptional() @IsInt() @Min(-3) @Max(-1) negative?: number;
  @IsNumber() @Min(0.5) @Max(1.5) ratio!: number;
  @IsDuration({ min: '1s', max: '1m' }) timeout!: Duration;
  @IsByteSize({ min: '1KiB' }) limit!: ByteSize;
  @Type(() => URL) home!: URL;
  @Type(() => Date) since!: Date;
  @IsString({ each: true }) @ArrayMinSize(1) @ArrayUnique() tags!: string[];
  @MapOf(() => Number) weights: Record<string, number> = {};
  @Secure() password!: SecureValue<string>;
  @Secure({ as: 'number' }) pin!: SecureValue<number>;
  @RequiredIn('production') @IsString() region: string = 'local';
  @ValidateNested() @Type(() => Pool) pool!: Pool;
  @ValidateNested() @Type(() => Tree) tree: Tree = new Tree();
  @ValidateNested()
  @Type(() => Shape, {
    keepDiscriminatorProperty: true,
    discriminator: {
      property: 'kind',
      subTypes: [
        { name: 'circle', value: Circle },
        { name: 'square', value: Square },
      ],
    },
  })
  shape!: Circle | Square;
}

/** The issues of a load, as code and path. */
async function issuesOf(target: SectionClass, values: object, environment = 'test'): Promise<readonly string[]> {
  try {
    await testSettings(target, { ...values }, { environment });
    return [];
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.issues.map(({ code, path }) => `${code} at ${formatPath(path)}`);
  }
}

describe('arbitrary', () => {
  it.each(['test', 'production'])('makes settings that a load takes in %s', async (environment) => {
    await fc.assert(
      fc.asyncProperty(arbitrary(Everything, { environment }), async (values) => {
        expect([values, await issuesOf(Everything, values, environment)]).toEqual([values, []]);
      }),
    );
  });

  it('leaves out what has a default, and sometimes does not', () => {
    const tried = fc.sample(arbitrary(Everything), { numRuns: 100, seed: 1 });
    const withRegion = tried.filter((values) => 'region' in values);
    expect(withRegion.length).toBeGreaterThan(10);
    expect(withRegion.length).toBeLessThan(90);
  });

  it('takes an arbitrary for what only a validator of the application knows', async () => {
    class Odd {
      @Matches(/^never [^]*$/i) @Length(40, 40) text!: string;
    }
    const values = arbitrary(Odd, { fields: { text: fc.constant(`never ${'x'.repeat(34)}`) }, budget: 5 });
    await fc.assert(fc.asyncProperty(values, async (one) => (await issuesOf(Odd, one)).length === 0));
    expect(() => fc.sample(arbitrary(Odd, { budget: 5 }), 1)).toThrow(
      new TypeError(
        'arbitrary(Odd): its validators and rules refused 5 settings in a row. Give arbitraries for the fields that they are about: arbitrary(Settings, { fields: { email: fc.emailAddress() } }).',
      ),
    );
  });

  it('shrinks to settings that are still valid', async () => {
    const failing = fc.asyncProperty(arbitrary(Pool), async ({ max }) => Promise.resolve(Number(max) < 5));
    const { counterexample } = await fc.check(failing, { numRuns: 200 });
    expect(counterexample).toEqual([{ min: 0, max: 5 }]);
  });

  it('refuses an option that there is not', () => {
    expect(() => arbitrary(Pool, { enviroment: 'test' } as never)).toThrow(
      'arbitrary: enviroment is not an option; did you mean environment?',
    );
  });
});

describe('invalid', () => {
  it.each(['test', 'production'])('breaks one thing in %s, which a load names as it does', async (environment) => {
    await fc.assert(
      fc.asyncProperty(invalid(Everything, { environment }), async ({ values, path, code, rule }) => {
        const told = { values, rule, issues: await issuesOf(Everything, values, environment) };
        expect(told).toEqual({ values, rule, issues: [`${code} at ${path}`] });
      }),
    );
  });

  it('breaks all kinds of rules', () => {
    const rules = fc.sample(invalid(Everything, { environment: 'production' }), { numRuns: 600, seed: 1 });
    const kinds = new Set(rules.map(({ rule }) => rule));
    for (const kind of ['type', 'pattern', 'legal values', 'minimum', 'maximum', 'required', 'unit', 'unknown key']) {
      expect(kinds).toContain(kind);
    }
    expect(new Set(fc.sample(invalid(Pool), { numRuns: 100, seed: 1 }).map(({ rule }) => rule))).toContain(
      'min must not exceed max',
    );
  });
});
