import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { planLoad, rule, section, type LoadOptions, type LoadPlan } from '../../src/runtime/index.js';
import { ConfigSection, RequiredIn, Rule } from '../../src/sections/index.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() port = 80;
}

/** What JavaScript may pass. */
const optionsWith = (told: object): LoadOptions => ({ sections: [HttpSettings], sources: [], ...told });

describe('planLoad', () => {
  it.each<[object, string]>([
    [
      { environment: 'staging' },
      'environment: "staging" is not an environment; write development, test, production; ' +
        "or declare its kind: environments: { staging: 'production' }.",
    ],
    [{ environment: 'prod' }, 'environment: "prod" is not an environment; write development, test, production.'],
    [{ unknownKeys: 'wran' }, 'unknownKeys must be one of "error", "warn", "ignore"; got "wran". Did you mean "warn"?'],
    [{ secrets: { keyrings: {} } }, 'secrets.keyrings is not an option; did you mean keyring?'],
    [{ lastKnownGood: 'folder' }, 'lastKnownGood must be what lastKnownGood({ folder }) makes; got a string.'],
    [{ sorces: [] }, 'sorces is not an option; did you mean sources?'],
    [{ foreignKeys: 'logging' }, 'foreignKeys must be a list, each item of which is a string; got a string.'],
    [{ sections: HttpSettings }, 'sections must be a list of one settings class or more; got a function.'],
    [
      { sections: [HttpSettings, new HttpSettings()] },
      'sections[1] must be a settings class, or what section(…) makes of one; got an object.',
    ],
    [
      { sections: [undefined] },
      'sections[0] must be a settings class, or what section(…) makes of one; got nothing: a class that is imported in a circle is not there yet.',
    ],
  ])('refuses %j by name', (told, message) => {
    expect(() => planLoad(optionsWith(told), false)).toThrow(new TypeError(message));
  });
});

describe('planLoad of the same sections again', () => {
  @ConfigSection('jobs')
  class JobSettings {
    @IsInt() limit = 1;
  }
  const planned = (told: object): LoadPlan => planLoad(optionsWith(told), false);
  const both = (): LoadPlan => planned({ sections: [HttpSettings, JobSettings] });

  it('shares their schema and its cuts, whatever else is asked for', () => {
    const first = both();
    const again = planned({ sections: [HttpSettings, JobSettings], timeout: '1s', unknownKeys: 'warn' });
    expect(again.schema).toBe(first.schema);
    expect(again.segments).toBe(first.segments);
  });

  it.each<[string, object]>([
    ['another place', { sections: [HttpSettings, section(JobSettings, { path: 'work' })] }],
    ['another order', { sections: [JobSettings, HttpSettings] }],
    ['fewer of them', { sections: [HttpSettings] }],
    ['settings of others beside them', { sections: [HttpSettings, JobSettings], partial: true }],
    ['other validation groups', { sections: [HttpSettings, JobSettings], validation: { groups: ['strict'] } }],
  ])('does not where there is %s', (_, told) => {
    const first = both();
    const other = planned(told);
    expect(other.schema).not.toBe(first.schema);
    expect(other.placed.map(({ section: at }) => at)).toEqual(other.sections.map((__, at) => at));
  });
});

describe('An environment that there is not', () => {
  // What JavaScript may write.
  const prod = 'prod' as 'production';

  it('is refused by @RequiredIn, which would never apply', () => {
    expect(() => RequiredIn('test', prod)).toThrow(
      new TypeError('@RequiredIn: "prod" is not an environment; write development, test, production.'),
    );
  });

  it('is refused by a rule of a section', () => {
    const check = (): boolean => true;
    const descriptor = { value: check };
    expect(() => {
      Rule('must be so', { in: prod })(HttpSettings.prototype, 'check', descriptor);
    }).toThrow(
      new TypeError(`@Rule('must be so'), in: "prod" is not an environment; write development, test, production.`),
    );
  });

  it('is refused by a rule over sections', () => {
    expect(() => rule('must be so', [HttpSettings], () => true, { in: ['test', prod] })).toThrow(
      new TypeError(`rule('must be so'), in: "prod" is not an environment; write development, test, production.`),
    );
  });
});
