import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { planLoad, rule, type LoadOptions } from '../../src/runtime/index.js';
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
        "or say what it is like: environments: { staging: 'production' }.",
    ],
    [{ environment: 'prod' }, 'environment: "prod" is not an environment; write development, test, production.'],
    [{ unknownKeys: 'wran' }, 'unknownKeys: write one of error, warn, ignore.'],
    [{ foreignKeys: 'logging' }, "foreignKeys: give a list of paths or patterns, such as ['logging', 'vendor.*']."],
    [{ sections: HttpSettings }, 'sections: name at least one settings class.'],
    [
      { sections: [HttpSettings, new HttpSettings()] },
      'sections[1]: name a settings class, or what section(…) makes of one. If the class is imported in a circle, it is not there yet.',
    ],
    [
      { sections: [undefined] },
      'sections[0]: name a settings class, or what section(…) makes of one. If the class is imported in a circle, it is not there yet.',
    ],
  ])('refuses %j by name', (told, message) => {
    expect(() => planLoad(optionsWith(told), false)).toThrow(new TypeError(message));
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
