import { describe, expect, it } from '@jest/globals';
import { kindOfThrown, systemCode, thrownInWords } from '../../src/core/index.js';

const CANARY = 'canary-4d1f-hunter2';

/** An error as a driver or a client makes it. */
function foreign(facts: object, message = CANARY): Error {
  return Object.assign(new Error(message), facts);
}

describe('what is told of an error of somebody else', () => {
  it.each([
    [{ name: 'PostgresError', code: '28P01' }, 'PostgresError 28P01, wrong user or password'],
    [{ code: 'ECONNREFUSED', address: '10.0.0.7', port: 5432 }, 'Error ECONNREFUSED at 10.0.0.7:5432'],
    [{ code: 'ECONNREFUSED', address: '::1', port: 5432 }, 'Error ECONNREFUSED at ::1:5432'],
    [{ name: 'TypeError', cause: { code: 'ENOTFOUND', hostname: CANARY } }, 'TypeError ENOTFOUND'],
    [{ code: 'ER_ACCESS_DENIED_ERROR' }, 'Error ER_ACCESS_DENIED_ERROR, wrong user or password'],
    [{ code: '3D000', address: '10.0.0.7', port: 5432 }, 'Error 3D000 at 10.0.0.7:5432, no such database'],
    [{ code: '42501' }, 'Error 42501, permission denied'],
    [{ code: 'ER_UNHEARD_OF' }, 'Error ER_UNHEARD_OF'],
    [{ name: 'PrismaClientInitializationError', code: 'P1001' }, 'PrismaClientInitializationError P1001'],
    [{ status: 503 }, 'Error 503'],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'Error DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])('is its kind, its code and its address: %j', (facts, words) => {
    expect(thrownInWords(foreign(facts))).toBe(words);
  });

  it.each([
    { name: CANARY, code: CANARY, address: CANARY, hostname: CANARY, port: CANARY, status: CANARY },
    { name: 'Hunter', code: ['AKIA', 'IOSFODNN7EXAMPLE'].join(''), address: 'deadbeefcafe', port: '5432hunter2' },
    { name: 'HunterError: hunter2', code: 'JBSWY3DPEHPK3PXP', address: 'hunter2.example.com' },
    { name: 'postgres://app:hunter2@db', code: 'hunter2' },
    { cause: { code: CANARY, name: CANARY, address: CANARY } },
  ])('is nothing that is not spelled like one: %j', (facts) => {
    expect(thrownInWords(foreign(facts))).toMatch(/^(?:an error|Error)$/);
    expect([kindOfThrown(foreign(facts)), systemCode(foreign(facts))].join()).toMatch(/^(?:an error|Error),$/);
  });

  it('is that it is none, of what is none', () => {
    for (const thrown of [undefined, null, CANARY, 42, {}, [CANARY], () => CANARY]) {
      expect([kindOfThrown(thrown), thrownInWords(thrown)]).toEqual([
        'something that is not an error',
        'something that is not an error',
      ]);
    }
  });

  it('is had also of an error that throws when it is asked', () => {
    const hostile = new Proxy(new Error(CANARY), {
      get: () => {
        throw new Error(CANARY);
      },
      getPrototypeOf: () => Error.prototype,
    });
    expect([kindOfThrown(hostile), thrownInWords(hostile), systemCode(hostile)]).toEqual([
      'an error',
      'something that is not an error',
      '',
    ]);
  });
});
