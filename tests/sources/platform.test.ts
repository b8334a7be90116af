import { hostname } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { detectSelectors, SELECTOR_VARIABLES } from '../../src/sources/plain/platform.js';

describe('detectSelectors', () => {
  it('finds nothing where no variable says anything', () => {
    expect(detectSelectors({ AWS_REGION: ' ', HOSTNAME: '' }, false)).toEqual({});
  });

  it('takes our variables before those of a platform, and these in their order', () => {
    for (const [name, variables] of Object.entries(SELECTOR_VARIABLES)) {
      expect(variables[0]).toBe(`UNO_${name.toUpperCase()}`);
      variables.forEach((_, first) => {
        const env = Object.fromEntries(variables.slice(first).map((variable) => [variable, `of ${variable}`]));
        expect(detectSelectors(env, false)).toEqual({ [name]: `of ${variables[first] ?? ''}` });
      });
    }
  });

  it('knows a function of AWS and a pod of Kubernetes', () => {
    const aws = {
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/28/[$LATEST]ab',
      HOSTNAME: '169.254.1.1',
    };
    expect(detectSelectors(aws, true)).toEqual({ region: 'eu-west-1', instance: '2026/11/28/[$LATEST]ab' });
    expect(detectSelectors({ HOSTNAME: 'shop-7d9f-x2x' }, true)).toEqual({ instance: 'shop-7d9f-x2x' });
  });

  it('tells instances by the name of the machine, but only with the variables of the process itself', () => {
    const machine = hostname() === 'localhost' ? {} : { instance: hostname() };
    expect(detectSelectors({}, true)).toEqual(machine);
    expect(detectSelectors({}, false)).toEqual({});
  });
});
