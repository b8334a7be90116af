import { describe, expect, it } from '@jest/globals';
import {
  Alias,
  ConfigSection,
  Describe,
  EnvName,
  fieldDeclarations,
  ListOf,
  Merge,
  RequiredIn,
  Rule,
  ruleDeclarations,
  sectionDeclaration,
  sectionPathOfName,
} from '../../src/sections/index.js';

describe('sectionDeclaration', () => {
  it('is undefined for a class that declares nothing', () => {
    class Plain {}
    expect(sectionDeclaration(Plain)).toBeUndefined();
  });

  it('comes from the nearest ancestor where a class says nothing itself', () => {
    @ConfigSection('base')
    class Base {}
    class Heir extends Base {}
    @ConfigSection('own')
    class Own extends Heir {}
    class LastHeir extends Own {}
    expect([Base, Heir, Own, LastHeir].map((each) => sectionDeclaration(each)?.path)).toEqual([
      'base',
      'base',
      'own',
      'own',
    ]);
  });

  it('cannot be changed', () => {
    @ConfigSection('a')
    class A {}
    expect(Object.isFrozen(sectionDeclaration(A))).toBe(true);
  });
});

describe('sectionPathOfName', () => {
  it('knows the path of a class by its name', () => {
    @ConfigSection('very.special')
    class VerySpecialSettings {}
    expect(sectionPathOfName(VerySpecialSettings.name)).toBe('very.special');
  });

  it('is undefined for a name that no section has', () => {
    expect(sectionPathOfName('NobodySettings')).toBeUndefined();
  });
});

describe('fieldDeclarations', () => {
  it('is empty for a class that declares nothing', () => {
    class Plain {}
    expect(fieldDeclarations(Plain)).toEqual(new Map());
  });

  it('collects what several decorators say about a field', () => {
    const text = (): typeof String => String;
    class Settings {
      @Describe('Who may call.', { example: ['a'] })
      @Merge('unique')
      @ListOf(text)
      @Alias('origins')
      @EnvName('ORIGINS')
      @RequiredIn('production')
      allowed: string[] = [];
    }
    expect(fieldDeclarations(Settings)).toEqual(
      new Map([
        [
          'allowed',
          {
            description: 'Who may call.',
            examples: [['a']],
            merge: 'unique',
            type: { kind: 'list', item: text },
            aliases: ['origins'],
            envNames: ['ORIGINS'],
            requiredIn: ['production'],
          },
        ],
      ]),
    );
  });

  it('lets lists of names grow when a decorator is used again', () => {
    class Settings {
      @Alias('b', 'c')
      @Alias('a')
      @EnvName('B')
      @EnvName('A')
      @RequiredIn('test')
      @RequiredIn('production')
      field = '';
    }
    // The decorator that stands nearest to the field speaks first.
    expect(fieldDeclarations(Settings).get('field')).toEqual({
      aliases: ['a', 'b', 'c'],
      envNames: ['A', 'B'],
      requiredIn: ['production', 'test'],
    });
  });

  it('lets other attributes be replaced when a decorator is used again', () => {
    class Settings {
      @Describe('Second.')
      @Describe('First.', { example: 1 })
      @Merge('append')
      @Merge('unique')
      field: string[] = [];
    }
    expect(fieldDeclarations(Settings).get('field')).toEqual({
      description: 'Second.',
      examples: [1],
      merge: 'append',
    });
  });

  it('has no attributes that nobody gave', () => {
    class Settings {
      @Merge('append') field: string[] = [];
    }
    expect(Object.keys(fieldDeclarations(Settings).get('field') ?? {})).toEqual(['merge']);
  });

  it('inherits fields, and overrides them attribute by attribute', () => {
    class Base {
      @Describe('Of the base.') @Alias('old') field = '';
      @Describe('Only in the base.') other = '';
    }
    class Heir extends Base {
      @Describe('Of the heir.') @RequiredIn('production') override field = 'x';
      @Alias('mine') own = '';
    }
    expect(fieldDeclarations(Heir)).toEqual(
      new Map<string, unknown>([
        ['field', { description: 'Of the heir.', aliases: ['old'], requiredIn: ['production'] }],
        ['other', { description: 'Only in the base.' }],
        ['own', { aliases: ['mine'] }],
      ]),
    );
  });

  it('leaves the base, and its other heirs, as they were', () => {
    class Base {
      @Describe('Of the base.') field = '';
    }
    class Heir extends Base {
      @Describe('Of the heir.') override field = '';
    }
    class Sibling extends Base {}
    expect(fieldDeclarations(Heir).get('field')).toEqual({ description: 'Of the heir.' });
    expect(fieldDeclarations(Base).get('field')).toEqual({ description: 'Of the base.' });
    expect(fieldDeclarations(Sibling).get('field')).toEqual({ description: 'Of the base.' });
  });

  it('takes fields with the names of what every object inherits', () => {
    class Settings {
      @Describe('Odd.') hasOwnProperty2 = '';
      @Describe('Odder.') then = '';
    }
    expect([...fieldDeclarations(Settings).keys()]).toEqual(['hasOwnProperty2', 'then']);
  });
});

describe('a field decorator', () => {
  it('needs a text name', () => {
    const key = Symbol('port');
    expect(() => {
      class Settings {
        @Alias('a') [key] = 1;
      }
      return Settings;
    }).toThrow(new TypeError('A settings field needs a text name, not Symbol(port).'));
  });

  it('needs a field of the instance', () => {
    expect(() => {
      class Settings {
        @Alias('a') static port = 1;
      }
      return Settings;
    }).toThrow(new TypeError('A settings field belongs to the instance; Settings.port is static.'));
  });
});

describe('ruleDeclarations', () => {
  class Shared {
    check(): boolean {
      return true;
    }
  }

  class Base {
    @Rule('first') first(): boolean {
      return true;
    }
    @Rule('second', { fields: ['a'], in: 'production', hint: 'Do.' }) second(): boolean {
      return true;
    }
  }

  it('is empty for a class without rules', () => {
    class Plain {}
    expect(ruleDeclarations(Plain)).toEqual([]);
  });

  it('gives the rules in the order of their methods', () => {
    expect(ruleDeclarations(Base)).toEqual([
      { kind: 'method', method: 'first', message: 'first', options: {} },
      {
        kind: 'method',
        method: 'second',
        message: 'second',
        options: { fields: ['a'], in: 'production', hint: 'Do.' },
      },
    ]);
  });

  it('gives those of the ancestors first, and the rule classes with them', () => {
    @Rule(Shared)
    class Heir extends Base {
      @Rule('third') third(): boolean {
        return true;
      }
    }
    const names = ruleDeclarations(Heir).map((rule) => (rule.kind === 'method' ? rule.method : rule.rule));
    expect(names).toEqual(['first', 'second', 'third', Shared]);
    expect(ruleDeclarations(Base)).toHaveLength(2);
  });

  it('keeps the rule of a method that an heir overrides, once', () => {
    class Heir extends Base {
      override first(): boolean {
        return false;
      }
    }
    expect(ruleDeclarations(Heir)).toEqual(ruleDeclarations(Base));
  });

  it('takes the words of the heir that declares the rule anew', () => {
    class Heir extends Base {
      @Rule('otherwise') override first(): boolean {
        return false;
      }
    }
    expect(ruleDeclarations(Heir).map((rule) => rule.kind === 'method' && rule.message)).toEqual([
      'otherwise',
      'second',
    ]);
  });

  it('keeps a rule class that base and heir name, once', () => {
    @Rule(Shared)
    class First {}
    @Rule(Shared)
    class Second extends First {}
    expect(ruleDeclarations(Second)).toEqual([{ kind: 'class', rule: Shared }]);
  });
});
