import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import type { Environment } from '../../src/core/index.js';
import type { RuleContext, RuleVerdict, SectionClass, SectionRule } from '../../src/sections/index.js';
import { Rule, ruleDeclarations } from '../../src/sections/index.js';

class PoolSettings {
  min = 0;
  max = 10;
}

class Ordered implements SectionRule<PoolSettings> {
  check(section: PoolSettings): RuleVerdict {
    return section.min <= section.max;
  }
}

describe('@Rule on a method', () => {
  it('declares the method, the message and the options', () => {
    class Settings extends PoolSettings {
      @Rule('min must not exceed max', { fields: ['min', 'max'], in: ['production', 'test'], hint: 'Lower min.' })
      ordered(): boolean {
        return this.min <= this.max;
      }
    }
    expect(ruleDeclarations(Settings)).toEqual([
      {
        kind: 'method',
        method: 'ordered',
        message: 'min must not exceed max',
        options: { fields: ['min', 'max'], in: ['production', 'test'], hint: 'Lower min.' },
      },
    ]);
  });

  it('does not belong on a class', () => {
    // The types forbid it; JavaScript does not.
    const decorate = Rule('too small') as unknown as ClassDecorator;
    expect(() => {
      decorate(PoolSettings);
    }).toThrow(new TypeError("@Rule('too small') belongs on a method; on a class give a rule class."));
  });

  it('does not belong on a static method', () => {
    expect(() => {
      class Settings {
        @Rule('too small') static ordered(): boolean {
          return true;
        }
      }
      return Settings;
    }).toThrow(new TypeError("@Rule('too small') belongs on a method of the instance; ordered is static."));
  });
});

describe('@Rule on a class', () => {
  it('declares the rule class', () => {
    @Rule(Ordered)
    class Settings extends PoolSettings {}
    expect(ruleDeclarations(Settings)).toEqual([{ kind: 'class', rule: Ordered }]);
  });

  it('does not belong on a method', () => {
    // The types forbid it; JavaScript does not.
    const decorate = Rule(Ordered) as unknown as (target: object, method: string) => void;
    const misuse = new TypeError('@Rule(Ordered) belongs on a class.');
    expect(() => {
      decorate(PoolSettings.prototype, 'ordered');
    }).toThrow(misuse);
    expect(() => {
      decorate(PoolSettings, 'ordered');
    }).toThrow(misuse);
  });
});

describe('the types of rules', () => {
  it('let a method answer a verdict, at once or later, and nothing else', () => {
    class Settings {
      @Rule('a') now(): boolean {
        return true;
      }
      @Rule('b') async later(context: RuleContext): Promise<RuleVerdict> {
        return Promise.resolve([{ message: context.environment, path: 'a', hint: 'Do.' }]);
      }
      // @ts-expect-error a text is no verdict: a rule that forgets to compare must not pass
      @Rule('c') wrong(): string {
        return '';
      }
      // @ts-expect-error a rule is told the context and nothing else
      @Rule('d') demanding(context: RuleContext, more: number): boolean {
        return context.environment === 'test' && more > 0;
      }
    }
    expect(ruleDeclarations(Settings)).toHaveLength(4);
  });

  it('let a rule class judge only sections that it understands', () => {
    // @ts-expect-error min and max are missing
    @Rule(Ordered)
    class Stranger {
      host = '';
    }
    expect(ruleDeclarations(Stranger)).toHaveLength(1);
  });

  it('forbid a message on a class, and a rule class on a method', () => {
    // The two overloads must not be mixed; what happens in JavaScript is told above.
    expectTypeOf(Rule('message')).parameters.toEqualTypeOf<
      [object, string, TypedPropertyDescriptor<(context: RuleContext) => RuleVerdict | Promise<RuleVerdict>>]
    >();
    expectTypeOf(Rule(Ordered)).parameters.toEqualTypeOf<[new () => PoolSettings]>();
    expect(typeof Rule('message')).toBe('function');
  });

  it('know the context by the selectors', () => {
    expectTypeOf<RuleContext['environment']>().toEqualTypeOf<Environment>();
    expectTypeOf<RuleContext['like']>().toEqualTypeOf<'development' | 'test' | 'production' | undefined>();
    expectTypeOf<RuleContext['region']>().toEqualTypeOf<string | undefined>();
    expect(new Ordered().check(new PoolSettings())).toBe(true);
  });
});

describe('SectionClass', () => {
  it('is a class that is made without arguments, and gives its instances their type', () => {
    class Needy {
      constructor(readonly host: string) {}
    }
    expectTypeOf<typeof PoolSettings>().toExtend<SectionClass<PoolSettings>>();
    expectTypeOf<InstanceType<SectionClass<PoolSettings>>>().toEqualTypeOf<PoolSettings>();
    // A class that needs arguments has no defaults that could be found out.
    expectTypeOf<typeof Needy>().not.toExtend<SectionClass>();
    expect(new Needy('x').host).toBe('x');
  });
});
