import { describe, expect, it } from '@jest/globals';
import { openTelemetry } from '../../src/observability/open-telemetry.js';

const failing = (code: string) => async (): Promise<never> =>
  Promise.reject(Object.assign(new Error('it could not be loaded'), { code }));

describe('openTelemetry', () => {
  it('gives the package where it is installed', async () => {
    expect((await openTelemetry())?.trace).toBeDefined();
  });

  it.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])('gives nothing where it is not: %s', async (code) => {
    expect(await openTelemetry(failing(code))).toBeUndefined();
  });

  it('does not take a broken package for none', async () => {
    await expect(openTelemetry(failing('ERR_REQUIRE_ESM'))).rejects.toThrow('it could not be loaded');
  });
});
