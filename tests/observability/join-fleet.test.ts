import { describe, expect, it } from '@jest/globals';
import { IsInt, Max } from 'class-validator';
import type { LogRecord } from '../../src/core/index.js';
import { joinFleet } from '../../src/observability/index.js';
import { planLoad, startReloads, type RunningSettings } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import { memoryStore, type MemoryStore } from '../cli/store/memory-store.js';
import { SteppedClock } from '../sources/stepped-clock.js';

@ConfigSection('pricing')
class PricingSettings {
  @IsInt() @Max(100) vat = 19;
}

async function program(memory: MemoryStore): Promise<RunningSettings> {
  const options = { sections: [PricingSettings], sources: [memory.source], environment: 'test', env: {} };
  return startReloads(options, planLoad(options, false), undefined);
}

async function reported(memory: MemoryStore): Promise<unknown> {
  // A report is written in turns of the event loop.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  const [one] = await memory.source.store.instances();
  return one;
}

describe('joinFleet', () => {
  it('lists the revision in use, and why a newer one is not', async () => {
    const memory = memoryStore();
    await memory.source.write({ pricing: { vat: 7 } }, { expected: undefined });
    const { reloads } = await program(memory);
    const member = joinFleet(reloads, { source: memory.source, instance: 'one' });
    expect(await reported(memory)).toMatchObject({
      instance: 'one',
      revision: '1',
      generation: 1,
      health: 'healthy',
      problems: [],
    });
    await memory.source.write({ pricing: { vat: 700 } }, { expected: 1 });
    await reloads.reload('asked');
    expect(await reported(memory)).toMatchObject({
      revision: '1',
      health: 'degraded',
      rejection: {
        code: 'invalid-settings',
        message: expect.stringContaining('pricing.vat must not be greater than 100') as unknown,
      },
    });
    await memory.source.write({ pricing: { vat: 8 } }, { expected: 2 });
    await reloads.reload('asked');
    expect(await reported(memory)).toMatchObject({ revision: '3', generation: 2, health: 'healthy' });
    expect(await reported(memory)).not.toHaveProperty('rejection');
    await member.leave();
    expect(await reported(memory)).toBeUndefined();
    await reloads.close();
  });

  it('leaves when the settings are no longer kept current', async () => {
    const memory = memoryStore();
    const clock = new SteppedClock();
    await memory.source.write({}, { expected: undefined });
    const { reloads } = await program(memory);
    joinFleet(reloads, { source: memory.source, instance: 'one', every: '10s', clock });
    expect(await reported(memory)).toMatchObject({ instance: 'one', every: 10_000 });
    await reloads.close();
    await clock.whenAsked();
    clock.advance(11_000);
    expect(await reported(memory)).toBeUndefined();
    expect(clock.waiting).toBe(0);
  });

  it('logs once that a store takes no reports, without a word of what the driver said', async () => {
    const memory = memoryStore();
    await memory.source.write({}, { expected: undefined });
    const { reloads } = await program(memory);
    const records: LogRecord[] = [];
    const logger = { log: (record: LogRecord) => void records.push(record) };
    const store = {
      ...memory.source.store,
      report: async () =>
        Promise.reject(Object.assign(new Error('at postgres://app:hunter2@db'), { code: 'ECONNRESET' })),
    };
    const member = joinFleet(reloads, { source: { ...memory.source, store }, logger });
    await reported(memory);
    await reloads.reload('asked');
    await reported(memory);
    expect(records.map(({ event, message }) => `${event}: ${message}`)).toEqual([
      'config.fleet.unreported: memory shop takes no report of this program: Error ECONNRESET. It is tried again.',
    ]);
    await member.leave();
    await reloads.close();
  });

  it('refuses a source without a store', async () => {
    const memory = memoryStore();
    await memory.source.write({}, { expected: undefined });
    const { reloads } = await program(memory);
    expect(() => joinFleet(reloads, { source: object({}) })).toThrow(
      new TypeError(
        'joinFleet: source must be one that reads a store, such as postgresSource({ namespace }), not another kind of source.',
      ),
    );
    await reloads.close();
  });
});
