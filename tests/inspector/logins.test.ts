import { afterEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '../runtime/fake-clock.js';
import { RecordingLogger } from '../runtime/loading.js';
import { InspectorWorld, TOKEN, type Answer } from './inspector-world.js';

const open: InspectorWorld[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (world) => world[Symbol.asyncDispose]()));
});

async function worldOf(...given: Parameters<typeof InspectorWorld.of>): Promise<InspectorWorld> {
  const world = await InspectorWorld.of(...given);
  open.push(world);
  return world;
}

async function askWith(world: InspectorWorld, token: string): Promise<Answer> {
  return world.ask('/inspector/api/settings', { headers: { authorization: `Bearer ${token}` } });
}

describe('tokens that are guessed', () => {
  it('are refused so often, and not compared after that until a second has passed', async () => {
    const clock = new FakeClock();
    const asked: string[] = [];
    const authenticate = (token: string): string | undefined => {
      asked.push(token);
      return token === TOKEN ? 'ann' : undefined;
    };
    const world = await worldOf({}, { authenticate, clock });
    const guesses = Array.from({ length: 50 }, async (_, index) => askWith(world, `guess-${String(index)}`));
    const all = (await Promise.all(guesses)).map(({ status }) => status);
    expect([all.filter((status) => status === 401).length, asked.length]).toEqual([20, 20]);
    const { status, headers, text } = await askWith(world, TOKEN);
    expect([status, headers['retry-after'], text]).toEqual([
      429,
      '1',
      '{"error":{"message":"Too many requests came without a valid token. Try again in 1 s."}}',
    ]);
    clock.advance(1_000);
    expect((await askWith(world, TOKEN)).status).toBe(200);
  });

  it('lock out no viewer who has been let in before', async () => {
    const world = await worldOf({}, { clock: new FakeClock() });
    await askWith(world, TOKEN);
    for (let index = 0; index < 30; index++) await askWith(world, `guess-${String(index)}`);
    expect((await askWith(world, TOKEN)).status).toBe(200);
  });

  it('are logged once at first, and once more for each minute of them', async () => {
    const [clock, logger] = [new FakeClock(), new RecordingLogger()];
    const world = await worldOf({}, { clock, logger });
    for (let index = 0; index < 30; index++) await askWith(world, `guess-${String(index)}`);
    clock.advance(60_000);
    expect(logger.of('config.inspector.refused').map(({ message }) => message)).toEqual([
      'The inspector refused a request without a valid token.',
      'The inspector refused 29 more requests without a valid token.',
    ]);
  });
});

describe('a token that nobody can use', () => {
  it.each([
    ['an empty one', () => '', 'its token is empty'],
    ['a short one', () => 'hunter2', 'its token has fewer than 16 characters'],
    [
      'one that cannot be had',
      async () => Promise.reject(new TypeError('hunter2')),
      'its token cannot be had: its provider failed',
    ],
  ])('is reported when the inspector is made, and to whoever tries: %s', async (_, token, why) => {
    const logger = new RecordingLogger();
    const world = await worldOf({}, { token, logger });
    const { status, text } = await askWith(world, 'hunter2');
    expect([status, text]).toEqual([401, JSON.stringify({ error: { message: `Nobody is let in: ${why}.` } })]);
    expect(logger.of('config.inspector.token').map(({ message }) => message)).toEqual([
      `The inspector lets in nobody: ${why}. Give it a random one of 16 characters or more.`,
    ]);
  });

  it('is no reason to log anything when it is a good one', async () => {
    const logger = new RecordingLogger();
    const world = await worldOf({}, { logger });
    await askWith(world, TOKEN);
    expect(logger.records).toEqual([]);
  });
});
