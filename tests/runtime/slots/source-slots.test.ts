import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createAnswer, createLayer, SourceUnreachable, type ConfigSource } from '../../../src/core/index.js';
import { Duration } from '../../../src/sections/index.js';
import { optional } from '../../../src/sources/index.js';
import { wasWarnedOf } from '../../core/listener-warning.js';
import { barrier } from '../barrier.js';
import { throwAnything } from '../throwing.js';
import { answer, garbage, outage, SlotWorld, ToldSource, type WorldOptions } from './slot-world.js';

async function begun(sources: readonly ConfigSource[], options: WorldOptions = {}): Promise<SlotWorld> {
  const world = new SlotWorld(sources, options);
  await world.slots.start();
  world.slots.answers();
  return world.watch();
}

const named = (...names: readonly string[]): readonly ToldSource[] => names.map((name) => new ToldSource(name));
const trees = ({ slots }: SlotWorld): unknown => slots.answers().map(([layer]) => layer?.tree);

/** Lets what has been answered be taken in. */
async function settled(): Promise<void> {
  await turn();
  await turn();
}

describe('a source that tells of a change', () => {
  it('is read, and those who build are told once the window of the first notice is over', async () => {
    const [a, b] = named('a', 'b');
    if (a === undefined || b === undefined) throw new Error('two sources');
    const world = await begun([a, b]);
    a.says = answer({ x: 1 });
    a.watching?.changed();
    await world.pass(60);
    b.says = answer({ y: 1 });
    b.watching?.changed();
    await world.pass(39);
    expect([world.moved, a.contexts.length]).toEqual([[], 1]);
    await world.pass(1);
    expect(world.moved).toEqual([{ reasons: ['a changed', 'b changed'], indexes: new Set([0, 1]) }]);
    expect(trees(world)).toEqual([{ x: 1 }, { y: 1 }]);
  });

  it('wakes nobody when it says what it said, as the same layers or as an equal plain object', async () => {
    const [same, equal] = named('same', 'equal');
    if (same === undefined || equal === undefined) throw new Error('two sources');
    same.says = answer({ x: 1 });
    equal.says = { x: 1 };
    const world = await begun([same, equal]);
    const before = world.slots.answers();
    equal.says = { x: 1 };
    same.watching?.changed();
    equal.watching?.changed();
    await world.pass(100);
    expect(world.moved).toEqual([]);
    expect(world.slots.answers()).toBe(before);
  });

  it('is read again when the read under way began before the notice', async () => {
    const [source] = named('a');
    if (source === undefined) throw new Error('a source');
    const world = await begun([source]);
    const gate = barrier<undefined>();
    source.gate = gate.promise;
    source.says = answer({ x: 'old' });
    const reading = world.slots.refresh();
    await settled();
    source.says = answer({ x: 'new' });
    for (let count = 0; count < 1_000; count++) source.watching?.changed();
    await world.pass(100);
    gate.open(undefined);
    await reading;
    await settled();
    expect([trees(world), source.contexts.length]).toEqual([[{ x: 'new' }], 3]);
  });

  it('is not looked for by a notice after the end', async () => {
    const [source] = named('a');
    if (source === undefined) throw new Error('a source');
    const world = await begun([source]);
    await world.slots.end();
    source.watching?.changed();
    await world.pass(100);
    expect([source.contexts.length, source.watching?.signal.aborted, world.clock.waiting]).toEqual([1, true, 0]);
  });

  it('leaves ten thousand others alone', async () => {
    const sources = named(...Array.from({ length: 10_000 }, (_, index) => `source ${String(index)}`));
    const world = await begun(sources);
    const one = sources[5_000];
    if (one === undefined) throw new Error('a source');
    one.says = answer({ x: 1 });
    one.watching?.changed();
    await world.pass(100);
    expect(world.moved).toEqual([{ reasons: ['source 5000 changed'], indexes: new Set([5_000]) }]);
    expect(sources.filter(({ contexts }) => contexts.length > 1)).toEqual([one]);
  });
});

describe('a source that hangs', () => {
  it('delays no other: what another says is told when its own window is over', async () => {
    const [slow, quick] = named('slow', 'quick');
    if (slow === undefined || quick === undefined) throw new Error('two sources');
    const world = await begun([slow, quick]);
    slow.says = 'hang';
    quick.says = answer({ x: 1 });
    slow.watching?.changed();
    quick.watching?.changed();
    // One window for those that changed together, and one in which the slow one may still be in time.
    await world.pass(100, 100);
    expect(world.moved).toEqual([{ reasons: ['quick changed'], indexes: new Set([1]) }]);
    expect(trees(world)).toEqual([{}, { x: 1 }]);
    await world.pass(29_900);
    expect(world.slots.health()[0]).toMatchObject({ status: 'stale', code: 'source-timeout' });
  });

  it('is told alone when it answers in the end', async () => {
    const [slow, quick] = named('slow', 'quick');
    if (slow === undefined || quick === undefined) throw new Error('two sources');
    const world = await begun([slow, quick]);
    const gate = barrier<undefined>();
    slow.gate = gate.promise;
    slow.says = answer({ y: 1 });
    quick.says = answer({ x: 1 });
    slow.watching?.changed();
    quick.watching?.changed();
    await world.pass(100, 100);
    world.slots.answers();
    gate.open(undefined);
    await settled();
    expect(world.moved.map(({ reasons }) => reasons)).toEqual([['quick changed'], ['slow changed']]);
    expect(world.clock.waiting).toBe(0);
  });

  it('does not hold back for long what others say to whoever asks for all', async () => {
    const [slow, quick] = named('slow', 'quick');
    if (slow === undefined || quick === undefined) throw new Error('two sources');
    const world = await begun([slow, quick]);
    slow.says = 'hang';
    quick.says = answer({ x: 1 });
    const asked = world.slots.refresh(undefined, 'by an operator');
    await world.pass(4_999);
    expect(world.moved).toEqual([]);
    await world.pass(1);
    expect(world.moved).toEqual([{ reasons: ['by an operator'], indexes: new Set([1]) }]);
    await world.pass(25_000);
    await asked;
    expect(world.slots.health().map(({ status }) => status)).toEqual(['stale', 'ok']);
  });

  it('is given up after its own time, and what it answers later is dropped', async () => {
    const late = barrier<object>();
    const contexts: AbortSignal[] = [];
    let isLate = false;
    const source: ConfigSource = {
      name: 'own pace',
      timeout: Duration.of('2s'),
      load: async ({ signal }) => {
        contexts.push(signal);
        return isLate ? late.promise : { x: 1 };
      },
    };
    const world = await begun([source]);
    isLate = true;
    const reading = world.slots.refresh();
    world.clock.advance(2_000);
    await reading;
    late.open({ x: 'late' });
    await settled();
    expect([contexts.at(-1)?.aborted, trees(world)]).toEqual([true, [{ x: 1 }]]);
    expect(world.slots.health()[0]?.message).toBe('own pace did not answer within 2000 ms.');
  });
});

describe('a bad answer', () => {
  it('blocks what would be built until it is good again, other sources or not', async () => {
    const [edited, other] = named('edited', 'other');
    if (edited === undefined || other === undefined) throw new Error('two sources');
    const world = await begun([edited, other]);
    edited.says = garbage();
    edited.watching?.changed();
    await world.pass(100);
    expect(world.moved).toHaveLength(1);
    expect(() => world.slots.answers()).toThrow('service answers nonsense.');
    other.says = answer({ x: 1 });
    other.watching?.changed();
    await world.pass(100);
    expect(() => world.slots.answers()).toThrow('service answers nonsense.');
    edited.says = {};
    edited.watching?.changed();
    await world.pass(100);
    expect(world.moved).toHaveLength(3);
    expect(trees(world)).toEqual([{}, { x: 1 }]);
  });

  it('stays bad when no answer follows, so that half an edit does not slip in', async () => {
    const [source] = named('a');
    if (source === undefined) throw new Error('a source');
    const world = await begun([source]);
    source.says = garbage();
    await world.slots.refresh();
    source.says = outage();
    await world.slots.refresh();
    expect(() => world.slots.answers()).toThrow('service answers nonsense.');
    expect(world.slots.health()[0]).toMatchObject({ status: 'bad', code: 'invalid-json', attempts: 2 });
  });

  it('is told again only when it says something else', async () => {
    const [source] = named('a');
    if (source === undefined) throw new Error('a source');
    const world = await begun([source]);
    const tell = async (message: string): Promise<void> => {
      source.says = garbage(message);
      source.watching?.changed();
      await world.pass(100);
      expect(() => world.slots.answers()).toThrow(message);
    };
    for (const message of ['one', 'one', 'two']) await tell(message);
    expect(world.moved).toHaveLength(2);
  });

  it('of several is told together', async () => {
    const world = await begun(named('a', 'b'));
    const [a, b] = world.slots.answers();
    expect([a, b]).toHaveLength(2);
    const bad = named('c', 'd');
    for (const source of bad) source.says = garbage(`${source.name} is nonsense.`);
    await expect(new SlotWorld(bad).slots.start()).rejects.toMatchObject({
      code: 'sources-failed',
      message: '2 sources could not be read.\n  - c is nonsense.\n  - d is nonsense.',
    });
  });
});

describe('a source that need not be there', () => {
  it('is absent, and comes and goes', async () => {
    const inner = new ToldSource('local.yaml');
    inner.says = outage('source-not-found');
    const world = await begun([optional(inner)]);
    expect(world.slots.health()[0]?.status).toBe('absent');
    expect(world.logger.of('config.source.absent')).toMatchObject([
      { message: 'local.yaml does not exist; it is optional.' },
    ]);
    inner.says = answer({ x: 1 });
    await world.slots.refresh();
    inner.says = outage('source-not-found');
    await world.slots.refresh();
    expect(world.slots.answers()).toEqual([[]]);
    expect(world.statuses).toEqual([
      ['absent', undefined],
      ['ok', 'absent'],
      ['absent', 'ok'],
    ]);
  });

  it('lets a start go on when it cannot be reached, which is not the same as absent', async () => {
    const inner = new ToldSource('flags');
    inner.says = new SourceUnreachable({ source: 'flags', why: 'the server answers 503' });
    const world = await begun([optional(inner)]);
    expect(trees(world)).toEqual([{}]);
    expect(world.slots.health()[0]).toMatchObject({ status: 'defaults', code: 'source-unreachable' });
  });
});

describe('a file that must be there and is gone', () => {
  it('is stale only after it has been gone for longer than settle', async () => {
    const [file] = named('app.yaml');
    if (file === undefined) throw new Error('a file');
    file.says = answer({ x: 1 });
    const world = await begun([file], { settle: 500 });
    file.says = outage('source-not-found');
    await world.slots.refresh();
    expect(world.slots.health()[0]?.status).toBe('ok');
    await world.pass(500, 100);
    expect([world.slots.health()[0]?.status, trees(world)]).toEqual(['stale', [{ x: 1 }]]);
  });

  it('is never stale when it comes back in time', async () => {
    const [file] = named('app.yaml');
    if (file === undefined) throw new Error('a file');
    const world = await begun([file], { settle: 500 });
    file.says = outage('source-not-found');
    await world.slots.refresh();
    file.says = answer({ x: 2 });
    await world.pass(500, 100);
    expect([world.statuses, trees(world)]).toEqual([[], [{ x: 2 }]]);
  });
});

describe('the pace of a source', () => {
  const polled = (): ToldSource & { poll?: string } => Object.assign(new ToldSource('remote'), { poll: '30s' });

  it('is its own poll, whether sources are watched or not', async () => {
    const source = polled();
    const world = new SlotWorld([source]);
    await world.slots.start();
    await world.watch(false);
    source.says = answer({ x: 1 });
    await world.pass(30_000, 100);
    expect(world.moved).toEqual([{ reasons: ['poll of remote'], indexes: new Set([0]) }]);
    expect(world.slots.health()[0]?.nextAttempt).toBe(world.clock.now() + 30_000);
  });

  it('is spread, so that many instances do not ask together', async () => {
    const delays = await Promise.all(
      [0, 0.999].map(async (random) => {
        const world = await begun([polled()], { random: () => random });
        return (world.slots.health()[0]?.nextAttempt ?? 0) - world.clock.now();
      }),
    );
    expect(delays).toEqual([27_000, 32_994]);
  });

  it('slows down while it fails, up to two minutes, and keeps its turn when others ask in between', async () => {
    const source = polled();
    const world = await begun([source], { random: () => 1 });
    source.says = outage();
    const waits: number[] = [];
    for (let count = 0; count < 9; count++) {
      await world.slots.refresh();
      const wait = (world.slots.health()[0]?.nextAttempt ?? 0) - world.clock.now();
      waits.push(wait);
      await world.slots.refresh();
      expect((world.slots.health()[0]?.nextAttempt ?? 0) - world.clock.now()).toBe(wait);
      // Its own turn begins with a read of its own, and ends here with ours.
      await world.pass(wait, 100);
    }
    expect(waits[0]).toBe(2_000);
    expect(waits.at(-1)).toBe(120_000);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  });

  it('is 5 minutes after a refusal, and sooner again when that has become an outage', async () => {
    const [source] = named('vault');
    if (source === undefined) throw new Error('a source');
    const world = await begun([source]);
    const wait = (): number => (world.slots.health()[0]?.nextAttempt ?? 0) - world.clock.now();
    source.says = outage();
    await world.slots.refresh();
    expect(wait()).toBe(1_500);
    source.says = outage('source-refused');
    await world.slots.refresh();
    expect(wait()).toBe(300_000);
    source.says = outage();
    await world.slots.refresh();
    expect(wait()).toBeLessThan(10_000);
  });

  it('is what the server asks for, before the poll and before the backoff', async () => {
    const source = polled();
    const world = await begun([source]);
    const wait = (): number => (world.slots.health()[0]?.nextAttempt ?? 0) - world.clock.now();
    source.says = createAnswer({ value: {}, next: 7_000 });
    await world.slots.refresh();
    expect(wait()).toBe(7_000);
    source.says = new SourceUnreachable({ source: 'remote', why: 'the server answers 429', retryAfter: 600_000 });
    await world.slots.refresh();
    expect(wait()).toBe(600_000);
    // At once is not without end.
    source.says = new SourceUnreachable({ source: 'remote', why: 'the server answers 429', retryAfter: 0 });
    await world.slots.refresh();
    expect(wait()).toBe(1_000);
    source.says = {};
    await world.slots.refresh();
    expect(wait()).toBe(30_000);
  });

  it.each([
    [{ poll: '5' }, /^sources\[0\]\.poll must be .*: a unit is required/],
    [{ poll: '0s' }, /^sources\[0\]\.poll must be more than nothing; got "0s"\.$/],
    [{ timeout: 5 }, /^sources\[0\]\.timeout must be a duration with a unit, such as 500ms, 10s or 1h30m; got 5\.$/],
  ])('is refused when it is %j', (declared, message) => {
    // What a caller without types might declare.
    const source = { load: () => ({}), ...declared } as ConfigSource;
    expect(() => new SlotWorld([source])).toThrow(message);
  });
});

describe('a source with revisions', () => {
  const at = (revision: number, x: unknown = revision) => createAnswer({ value: { x }, revision });

  it('is asked for what it notified until it answers that, and is stale meanwhile', async () => {
    const [source] = named('postgres settings');
    if (source === undefined) throw new Error('a source');
    source.says = at(41);
    const world = await begun([source]);
    source.watching?.changed(42);
    await world.pass(100);
    expect(source.contexts.at(-1)?.floor).toBe(42);
    expect(world.slots.health()[0]).toMatchObject({
      status: 'stale',
      revision: '41',
      code: 'source-behind',
      message: 'postgres settings answers an older revision than 42, which it has notified or answered before.',
      nextAttempt: world.clock.now() + 250,
    });
    source.says = at(42);
    await world.pass(250, 100);
    expect([world.slots.health()[0]?.status, trees(world)]).toEqual(['ok', [{ x: 42 }]]);
  });

  it('is never set back by a slow replica, and wakes nobody for what was notified twice', async () => {
    const [source] = named('postgres settings');
    if (source === undefined) throw new Error('a source');
    source.says = at(42);
    const world = await begun([source]);
    source.watching?.changed(42);
    source.watching?.changed(41);
    await world.pass(100);
    expect(source.contexts).toHaveLength(1);
    source.says = at(41);
    await world.slots.refresh();
    expect(trees(world)).toEqual([{ x: 42 }]);
    world.clock.advance(300_000);
    await world.slots.refresh();
    expect([trees(world), world.logger.of('config.source.set-back').map(({ message }) => message)]).toEqual([
      [{ x: 41 }],
      [
        'postgres settings has answered an older revision than before for 5 minutes; it is taken to have been set back.',
      ],
    ]);
  });

  it('keeps what it said when another revision says the same', async () => {
    const [source] = named('postgres settings');
    if (source === undefined) throw new Error('a source');
    source.says = at(1, 'same');
    const world = await begun([source]);
    const before = world.slots.answers();
    source.says = at(2, 'same');
    await world.slots.refresh();
    expect([world.slots.answers(), world.slots.health()[0]?.revision]).toEqual([before, '2']);
  });

  it('is shown what it answered last, though an equal answer is held', async () => {
    const [source] = named('postgres settings');
    if (source === undefined) throw new Error('a source');
    const layerAt = (revision: number) => createAnswer({ value: answer({ x: 'same' }), revision });
    source.says = layerAt(1);
    const world = await begun([source]);
    const second = layerAt(2);
    source.says = second;
    await world.slots.refresh();
    await world.slots.refresh();
    expect([source.contexts.at(-1)?.previous, world.slots.health(world.slots.answers())[0]]).toEqual([
      second.value,
      expect.not.objectContaining({ inUse: false }),
    ]);
  });
});

describe('watching', () => {
  it('waits five seconds for a watch that never returns, names it, and hears it all the same', async () => {
    const source = new ToldSource('endless');
    const world = new SlotWorld([
      {
        name: 'endless',
        load: (context) => source.load(context),
        watch: async (context) => {
          source.watch(context);
          return new Promise<never>(() => undefined);
        },
      },
    ]);
    await world.slots.start();
    const watching = world.watch();
    world.clock.advance(5_000);
    await watching;
    expect(world.logger.of('config.watch.slow').map(({ message }) => message)).toEqual([
      'endless has not begun to watch after 5s, and is not waited for: its watch function must return when it has begun.',
    ]);
    source.says = answer({ x: 1 });
    source.watching?.changed();
    await world.pass(100);
    expect(world.moved).toHaveLength(1);
  });

  it('degrades a source that cannot be watched, without what it threw', async () => {
    const world = await begun([
      { name: 'blind', load: () => ({}), watch: () => throwAnything(new RangeError('postgres://app:hunter2@db')) },
    ]);
    const [health] = world.slots.health();
    expect(health).toMatchObject({ status: 'ok', problems: ['blind cannot be watched: it threw RangeError.'] });
    expect(JSON.stringify([health, world.logger.records])).not.toContain('hunter2');
  });
});

describe('what is in use', () => {
  it('is told apart from what a source says now', async () => {
    const [source] = named('a');
    if (source === undefined) throw new Error('a source');
    const world = await begun([source]);
    const inUse = world.slots.answers();
    expect(world.slots.health(inUse)[0]).not.toHaveProperty('inUse');
    source.says = answer({ x: 1 });
    await world.slots.refresh();
    expect(world.slots.health(inUse)[0]).toMatchObject({ status: 'ok', inUse: false });
  });
});

describe('listeners of the slots', () => {
  it('stop nobody when they throw', async () => {
    const [source] = named('a');
    if (source === undefined) throw new Error('a source');
    const world = new SlotWorld([source]);
    world.slots.onMoved(() => throwAnything(new RangeError('hunter2')));
    world.slots.onStatus(() => throwAnything(new RangeError('hunter2')));
    await world.slots.start();
    await world.watch();
    source.says = outage();
    await world.slots.refresh();
    source.says = answer({ x: 1 });
    source.watching?.changed();
    await world.pass(100);
    expect(world.moved).toHaveLength(1);
    expect(world.logger.of('config.source.listener-failed').map(({ message }) => message)).toEqual(
      Array.from({ length: 3 }, () => 'A listener of the sources failed: it threw RangeError.'),
    );
  });

  it('hear no more when they have gone', async () => {
    const [source] = named('a');
    if (source === undefined) throw new Error('a source');
    const world = await begun([source]);
    const heard: unknown[] = [];
    world.slots.onMoved((moved) => void heard.push(moved))();
    world.slots.onStatus((health) => heard.push(health))();
    source.says = outage();
    await world.slots.refresh();
    expect(heard).toEqual([]);
  });
});

describe('a source of two modules', () => {
  it('is closed with the last of them', async () => {
    const source = new ToldSource('shared');
    const [one, other] = [await begun([source]), await begun([source])];
    await one.slots.end();
    expect(one.slots.closeSources()).toEqual([]);
    expect(source.closed).toBe(0);
    await other.slots.end();
    await Promise.all(other.slots.closeSources().map(async ({ closed }) => closed));
    expect(source.closed).toBe(1);
  });
});

describe('a source of a module that could not start', () => {
  it('is closed, unless another module uses it', async () => {
    const [alone, shared] = named('alone', 'shared');
    if (alone === undefined || shared === undefined) throw new Error('two sources');
    const running = await begun([shared]);
    const failed = new SlotWorld([alone, shared]);
    await failed.slots.start();
    await failed.slots.end();
    await Promise.all(failed.slots.closeSources().map(async ({ closed }) => closed));
    expect([alone.closed, shared.closed]).toEqual([1, 0]);
    await running.slots.end();
    await Promise.all(running.slots.closeSources().map(async ({ closed }) => closed));
    expect(shared.closed).toBe(1);
  });
});

describe('a source of one read', () => {
  it('may listen to the signal of its read as often as it likes', async () => {
    const signals: AbortSignal[] = [];
    await begun([
      {
        load: ({ signal }) => {
          for (let count = 0; count < 11; count++) signal.addEventListener('abort', () => undefined);
          signals.push(signal);
          return createLayer({ name: 'a', tree: {} });
        },
      },
    ]);
    expect(signals.map(wasWarnedOf)).toEqual([false]);
  });
});
