import { describe, expect, it } from '@jest/globals';
import { traced, type ConfigTracerPort } from '../../src/core/index.js';

const work = async (): Promise<string> => Promise.resolve('done');

describe('traced work', () => {
  it('runs once inside the span, with its name and attributes, and tells the span', async () => {
    const told: unknown[] = [];
    const tracer: ConfigTracerPort = {
      span: async (name, attributes, run) => {
        told.push(name, attributes);
        return run({ set: (more) => void told.push(more), fail: (code) => void told.push(code) });
      },
    };
    let runs = 0;
    const result = await traced(tracer, 'load', { a: 'b' }, async (span) => {
      runs += 1;
      span.set({ c: 1 });
      span.fail('code');
      return work();
    });
    expect([result, runs, told]).toEqual(['done', 1, ['load', { a: 'b' }, { c: 1 }, 'code']]);
  });

  it('runs where there is no tracer', async () => {
    const result = traced(undefined, 'load', {}, async (span) => {
      span.set({});
      span.fail('code');
      return work();
    });
    await expect(result).resolves.toBe('done');
  });

  it.each<[string, ConfigTracerPort]>([
    ['fails before it', { span: async () => Promise.reject(new Error('lost')) }],
    [
      'throws at once',
      {
        span: () => {
          throw new Error('lost');
        },
      },
    ],
    [
      'fails after it',
      {
        span: async (_name, _attributes, run) => {
          await run({ set: () => undefined, fail: () => undefined });
          throw new Error('lost');
        },
      },
    ],
    [
      'has a span that throws',
      {
        span: async (_name, _attributes, run) => {
          const fail = (): never => {
            throw new Error('lost');
          };
          return run({ set: fail, fail });
        },
      },
    ],
    // A tracer that forgets to run what it was given, and gives something of its own.
    ['does nothing', { span: async () => Promise.resolve(undefined as never) }],
  ])('runs once when the tracer %s', async (_, tracer) => {
    let runs = 0;
    const result = await traced(tracer, 'load', {}, async (span) => {
      runs += 1;
      span.set({ a: 1 });
      span.fail('code');
      return work();
    });
    expect([result, runs]).toEqual(['done', 1]);
  });

  it('fails as the work does', async () => {
    const tracer: ConfigTracerPort = {
      span: async (_name, _attributes, run) => run({ set: () => undefined, fail: () => undefined }),
    };
    await expect(traced(tracer, 'load', {}, async () => Promise.reject(new RangeError('no')))).rejects.toThrow('no');
  });
});
