import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsString, Min, ValidateNested } from 'class-validator';
import { rule, section } from '../../src/runtime/index.js';
import { ConfigSection, Rule, type RuleContext, type RuleVerdict, type SectionRule } from '../../src/sections/index.js';
import { issuesOf, loaded, made, refused } from '../runtime/loading.js';
import { rejectAnything, throwAnything } from '../runtime/throwing.js';

class RangeSettings {
  @IsInt() min = 0;
  @IsInt() @Min(1) max = 10;

  @Rule('min must not exceed max', { fields: ['min', 'max'], hint: 'Lower min, or raise max.' })
  isOrdered(): boolean {
    return this.min <= this.max;
  }
}

class NotThirteen implements SectionRule<AppSettings> {
  check({ port, name }: AppSettings, { environment }: RuleContext): RuleVerdict {
    if (port !== 13) return true;
    return [
      { message: `is unlucky in ${environment}`, path: 'port', hint: 'Take 12.' },
      { message: `may not call itself ${name}` },
    ];
  }
}

@Rule(NotThirteen)
@ConfigSection('app')
class AppSettings {
  @IsString() name = 'app';
  @IsInt() port = 80;
  @ValidateNested() @Type(() => RangeSettings) range = new RangeSettings();

  @Rule('the port must be privileged', { in: 'production' })
  isPrivileged(): boolean {
    return this.port < 1024;
  }

  @Rule('the name must be short', { in: ['development', 'test'], fields: ['name'] })
  async isShort({ environment, region }: RuleContext): Promise<RuleVerdict> {
    await Promise.resolve();
    return this.name.length < 6 || { message: `is long for ${environment} in ${region ?? 'no region'}`, path: 'name' };
  }
}

@ConfigSection('other')
class OtherSettings {
  @IsInt() port = 81;
}

describe('rules of a section', () => {
  it('pass when they give true', async () => {
    expect((await made(AppSettings)).port).toBe(80);
  });

  it('fail with the declared message, fields and hint, at the first field', async () => {
    const { issues } = await refused([AppSettings], { app: { range: { min: '11' } } });
    expect(issues).toEqual([
      {
        code: 'rule',
        path: ['app', 'range', 'min'],
        message: 'min must not exceed max',
        origin: { kind: 'object', source: 'object', key: 'app.range.min' },
        related: [{ kind: 'default', source: 'default', key: 'app.range.max' }],
        hint: 'Lower min, or raise max.',
      },
    ]);
  });

  it('may find several things, each with its own place and hint', async () => {
    const { issues } = await refused([AppSettings], { app: { port: 13 } });
    expect(issues.map(({ path, message, hint }) => [path.join('.'), message, hint])).toEqual([
      ['app.port', 'is unlucky in test', 'Take 12.'],
      ['app', 'may not call itself app', undefined],
    ]);
  });

  it('may be asynchronous, and know the selectors', async () => {
    const wrong = issuesOf([AppSettings], { app: { name: 'very long' } }, { region: 'eu' });
    expect(await wrong).toEqual(['rule app.name: is long for test in eu']);
  });

  it('speak only in their environments', async () => {
    const high = { app: { port: 8080, name: 'very long' } };
    expect(await issuesOf([AppSettings], high, { environment: 'production' })).toEqual([
      'rule app: the port must be privileged',
    ]);
  });

  it('wait until every field is valid by itself, nested ones included', async () => {
    expect(await issuesOf([AppSettings], { app: { port: 13, range: { min: 5, max: 0 } } })).toEqual([
      'constraint app.range.max: must not be less than 1, got 0',
    ]);
  });

  it('of one section do not wait for another one', async () => {
    expect(await issuesOf([AppSettings, OtherSettings], { app: { range: { min: 11 } }, other: { port: 'x' } })).toEqual(
      ['not-an-integer other.port: must be an integer, got "x"', 'rule app.range.min: min must not exceed max'],
    );
  });

  it('see frozen settings', async () => {
    @ConfigSection('app')
    class Meddling {
      @IsString() name = 'x';
      @Rule('may not be changed') change(): boolean {
        this.name = 'y';
        return true;
      }
    }
    expect(await issuesOf([Meddling])).toEqual([
      'rule-failed app: the rule "may not be changed" could not be checked: it threw TypeError',
    ]);
  });

  it.each([undefined, null, 'no', 1, {}, [true], [{ message: 'x' }, 'y']])(
    'say what they must answer when they answer %j',
    async (answer) => {
      @ConfigSection('app')
      class Forgetful {
        @IsString() name = 'x';
        @Rule('the name must be known') isKnown(): boolean {
          // What a program without types may do.
          return answer as boolean;
        }
      }
      expect(await issuesOf([Forgetful])).toEqual([
        'rule-failed app: the rule "the name must be known" could not be checked: ' +
          'it must answer true, false, or what is wrong as { message } or a list of them',
      ]);
    },
  );

  it.each([
    [new RangeError('hunter2'), 'RangeError'],
    ['hunter2', 'something that is not an error'],
  ])('that throw %p have failed, and only the kind is told', async (thrown, kind) => {
    @ConfigSection('app')
    class Throwing {
      @IsString() name = 'x';
      @Rule('the name must be known') isKnown(): boolean {
        return throwAnything(thrown);
      }
    }
    const error = await refused([Throwing]);
    expect(error.issues.map(({ code, message }) => [code, message])).toEqual([
      ['rule-failed', `the rule "the name must be known" could not be checked: it threw ${kind}`],
    ]);
    expect([error.message.includes('hunter2'), error.cause]).toEqual([false, undefined]);
  });

  it('that cannot even be made have failed', async () => {
    class Unmade implements SectionRule<object> {
      constructor() {
        throw new RangeError('hunter2');
      }
      check(): boolean {
        return true;
      }
    }
    class WithUnmade {
      @IsString() name = 'x';
    }
    Rule(Unmade)(WithUnmade);
    ConfigSection('app')(WithUnmade);
    expect(await issuesOf([WithUnmade])).toEqual([
      'rule-failed app: the rule "Unmade" could not be checked: it threw RangeError',
    ]);
  });

  it('that are no methods are a mistake of the programmer', async () => {
    class Odd {
      @IsString() name = 'x';
    }
    Rule('odd')(Odd.prototype, 'missing', {});
    ConfigSection('app')(Odd);
    await expect(made(Odd)).rejects.toThrow(new TypeError("@Rule('odd'): missing is not a method."));
  });
});

describe('rules over several sections', () => {
  const distinct = rule('ports must differ', [AppSettings, OtherSettings], (app, other) => app.port !== other.port, {
    hint: 'Change one.',
  });
  const both = [AppSettings, OtherSettings];

  it('pass when they give true', async () => {
    expect((await loaded(both, {}, { rules: [distinct] })).instances).toHaveLength(2);
  });

  it('fail at the first section, with message and hint', async () => {
    const { issues, category } = await refused(both, { other: { port: 80 } }, { rules: [distinct] });
    expect([category, issues]).toEqual([
      'validation',
      [{ code: 'rule', path: ['app'], message: 'ports must differ', hint: 'Change one.' }],
    ]);
  });

  it('may name the place themselves, with a hint of their own', async () => {
    const placed = rule('ports', both, () => ({ message: 'is taken', path: 'other.port', hint: 'Ask.' }));
    const { issues } = await refused(both, { other: { port: 80 } }, { rules: [placed] });
    expect(issues.map(({ path, message, hint }) => [path.join('.'), message, hint])).toEqual([
      ['other.port', 'is taken', 'Ask.'],
    ]);
  });

  it('may be asynchronous, and know the selectors', async () => {
    const slow = rule('slow', [OtherSettings], async (_, { environment }) => {
      await Promise.resolve();
      return environment !== 'test';
    });
    expect(await issuesOf(both, {}, { rules: [slow] })).toEqual(['rule other: slow']);
  });

  it('speak only in their environments', async () => {
    const never = rule('never', [OtherSettings], () => false, { in: ['development', 'production'] });
    expect((await loaded(both, {}, { rules: [never] })).number).toBe(1);
    expect(await issuesOf(both, {}, { rules: [never], environment: 'production' })).toEqual(['rule other: never']);
  });

  it('wait until all their sections are valid, whatever others are', async () => {
    const values = { app: { port: 'x' }, other: { port: 80 } };
    const own = rule('own', [OtherSettings], () => false);
    expect(await issuesOf(both, values, { rules: [distinct, own] })).toEqual([
      'not-an-integer app.port: must be an integer, got "x"',
      'rule other: own',
    ]);
  });

  it('read sections by their place and name', async () => {
    const replica = section(OtherSettings, { path: 'replica', name: 'replica' });
    const lower = rule('lower', [OtherSettings, replica], (one, two) => one.port < two.port);
    expect(await issuesOf([OtherSettings, replica], { replica: { port: 1 } }, { rules: [lower] })).toEqual([
      'rule other: lower',
    ]);
  });

  it('cannot read what is not loaded', async () => {
    await expect(loaded([AppSettings], {}, { rules: [distinct] })).rejects.toThrow(
      new TypeError('rules: "ports must differ" reads OtherSettings, which is not among the sections.'),
    );
  });

  it('that throw have failed, and only the kind is told', async () => {
    const throwing = rule('throwing', [OtherSettings], () => {
      throw new RangeError('hunter2');
    });
    const odd = rule('odd', [OtherSettings], async () => rejectAnything('hunter2'));
    expect(await issuesOf(both, {}, { rules: [throwing, odd] })).toEqual([
      'rule-failed other: the rule "throwing" could not be checked: it threw RangeError',
      'rule-failed other: the rule "odd" could not be checked: it threw something that is not an error',
    ]);
  });
});
