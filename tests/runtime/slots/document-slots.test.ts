import { describe, expect, it } from '@jest/globals';
import { createAnswer, type LoadedDocuments } from '../../../src/core/index.js';
import { planLoad, type LoadOptions } from '../../../src/runtime/index.js';
import { DocumentSlots } from '../../../src/runtime/slots/index.js';
import { FakeClock } from '../fake-clock.js';
import { RecordingLogger } from '../loading.js';
import { AnySettings, garbage, outage, pass, ToldSource } from './slot-world.js';

/** Documents of one source called `tenants`, and the hands to play with them. */
class DocumentWorld {
  readonly clock = new FakeClock();
  readonly source = new ToldSource('tenants');
  readonly moved: { readonly reasons: readonly string[]; readonly ids: ReadonlySet<string> }[] = [];
  readonly documents: DocumentSlots;

  constructor() {
    const options: LoadOptions = {
      sections: [AnySettings],
      sources: [],
      logger: new RecordingLogger(),
      clock: this.clock,
    };
    this.documents = new DocumentSlots(this.source, options, planLoad(options, true), {
      selectors: { environment: 'test' },
    });
    this.documents.onMoved(async ({ reasons }) => {
      const ids = await this.documents.moved();
      if (ids.size > 0) this.moved.push({ reasons, ids });
    });
  }

  async begin(documents: Readonly<Record<string, object>>): Promise<this> {
    this.say(documents);
    await this.documents.start();
    await this.documents.watch({ pollInterval: 500, watch: true });
    return this;
  }

  say(documents: Readonly<Record<string, object>>): void {
    this.source.says = mapOf(documents);
  }

  async notice(revision?: number, ids?: readonly string[]): Promise<void> {
    this.source.watching?.changed(revision, ids);
    await pass(this.clock, 100);
  }

  /** What a document says, and whether it is bad. */
  shown(id: string): unknown {
    const document = this.documents.document(id);
    return document && [document.layers.map(({ tree }) => tree), document.bad?.message];
  }
}

function mapOf(documents: Readonly<Record<string, object>>): LoadedDocuments {
  return new Map(Object.entries(documents));
}

describe('the documents of a source', () => {
  it('are held by their ids, each with its own origin', async () => {
    const { documents } = await new DocumentWorld().begin({ acme: { port: 1 }, beta: { port: 2 } });
    expect([...documents.documents.keys()]).toEqual(['acme', 'beta']);
    expect(documents.document('acme')?.layers[0]?.locate(['port'])).toMatchObject({ source: 'tenants acme' });
    expect(documents.document('other')).toBeUndefined();
  });

  it('move one by one: what says what it said stays the same object', async () => {
    const world = await new DocumentWorld().begin({ acme: { port: 1 }, beta: { port: 2 } });
    const before = world.documents.document('beta');
    world.say({ acme: { port: 3 }, beta: { port: 2 } });
    await world.notice();
    expect(world.moved).toEqual([{ reasons: ['tenants changed'], ids: new Set(['acme']) }]);
    expect(world.documents.document('beta')).toBe(before);
  });

  it('come and go', async () => {
    const world = await new DocumentWorld().begin({ acme: { port: 1 }, beta: { port: 2 } });
    world.say({ acme: { port: 1 }, gamma: { port: 3 } });
    await world.notice();
    expect([[...world.documents.documents.keys()], world.moved.map(({ ids }) => ids)]).toEqual([
      ['acme', 'gamma'],
      [new Set(['gamma', 'beta'])],
    ]);
  });

  it('wake nobody when none has moved', async () => {
    const world = await new DocumentWorld().begin({ acme: { port: 1 } });
    world.say({ acme: { port: 1 } });
    await world.notice();
    expect(world.moved).toEqual([]);
  });

  it('are told to whoever asks for all of them, once', async () => {
    const world = await new DocumentWorld().begin({ acme: { port: 1 } });
    world.say({ acme: { port: 2 } });
    await world.documents.refresh();
    expect([await world.documents.moved(), await world.documents.moved()]).toEqual([new Set(['acme']), new Set()]);
  });

  it('cost one timer and one watch, however many there are', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`tenant ${String(at)}`, { port: at }]));
    const world = await new DocumentWorld().begin(many);
    world.source.says = outage();
    await world.documents.refresh();
    expect([world.clock.waiting, world.documents.health()?.status, world.documents.documents.size]).toEqual([
      1,
      'stale',
      1_000,
    ]);
  });
});

describe('a document that cannot be used', () => {
  it('fails alone, keeps its last good answer, and is named in the health', async () => {
    const world = await new DocumentWorld().begin({ acme: { port: 1 }, beta: { port: 2 } });
    world.say({ acme: garbage('acme answers nonsense.'), beta: { port: 3 } });
    await world.notice();
    expect([world.shown('acme'), world.shown('beta')]).toEqual([
      [[{ port: 1 }], 'acme answers nonsense.'],
      [[{ port: 3 }], undefined],
    ]);
    expect(world.documents.health()).toMatchObject({
      status: 'ok',
      problems: ['Of tenants these documents cannot be used as they are: acme.'],
    });
    world.say({ acme: { port: 1 }, beta: { port: 3 } });
    await world.notice();
    expect(world.shown('acme')).toEqual([[{ port: 1 }], undefined]);
    expect(world.documents.health()).not.toHaveProperty('problems');
  });

  it('is one that is no object of settings, too, and may have had no good answer yet', async () => {
    // What TypeScript forbids, JavaScript may still answer.
    const world = await new DocumentWorld().begin({ acme: 'text' as unknown as object, beta: {} });
    expect(world.shown('acme')).toEqual([[], 'tenants acme answered string instead of an object of settings.']);
  });

  it('is not told again while it says the same', async () => {
    const world = await new DocumentWorld().begin({ acme: { port: 1 } });
    world.say({ acme: garbage() });
    await world.notice();
    await world.notice();
    expect(world.moved).toHaveLength(1);
  });

  it('is counted when there are many', async () => {
    const bad = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => [id, garbage()]));
    const world = await new DocumentWorld().begin(bad);
    expect(world.documents.health()?.problems).toEqual([
      'Of tenants these documents cannot be used as they are: a, b, c, d, e and 2 more.',
    ]);
  });
});

describe('a notice of some documents', () => {
  it('has only these read, and leaves the others as they are', async () => {
    const world = await new DocumentWorld().begin({ acme: { port: 1 }, beta: { port: 2 }, gamma: { port: 3 } });
    world.say({ acme: { port: 9 } });
    world.source.watching?.changed(undefined, ['acme']);
    await world.notice(undefined, ['beta']);
    expect(world.source.contexts.at(-1)?.ids).toEqual(['acme', 'beta']);
    expect([[...world.documents.documents.keys()], world.shown('acme')]).toEqual([
      ['gamma', 'acme'],
      [[{ port: 9 }], undefined],
    ]);
  });

  it('is one of all when another in the same window names none', async () => {
    const world = await new DocumentWorld().begin({ acme: { port: 1 } });
    world.source.watching?.changed(undefined, ['acme']);
    world.source.watching?.changed();
    await world.notice(undefined, ['beta']);
    expect(world.source.contexts.at(-1)).not.toHaveProperty('ids');
  });

  it('that fails is followed by a read of all', async () => {
    const world = await new DocumentWorld().begin({ acme: { port: 1 }, beta: { port: 2 } });
    world.source.says = outage();
    await world.notice(undefined, ['acme']);
    world.say({ acme: { port: 3 }, beta: { port: 4 } });
    await world.notice(undefined, ['acme']);
    expect(world.source.contexts.at(-1)).not.toHaveProperty('ids');
    expect(world.moved.map(({ ids }) => ids)).toEqual([new Set(['acme', 'beta'])]);
  });

  it('is for nothing when its revision is known', async () => {
    const world = new DocumentWorld();
    world.source.says = createAnswer({ value: mapOf({ acme: { port: 1 } }), revision: 7 });
    await world.documents.start();
    await world.documents.watch({ pollInterval: 500, watch: true });
    await world.notice(7, ['acme']);
    expect([world.source.contexts.length, world.documents.health()?.revision]).toEqual([1, '7']);
    expect(world.documents.document('acme')?.layers[0]?.locate(['port'])).toMatchObject({ version: '7' });
  });
});

describe('a source of documents', () => {
  it('must answer a map', async () => {
    const world = new DocumentWorld();
    world.source.says = { acme: { port: 1 } };
    await expect(world.documents.start()).rejects.toMatchObject({
      code: 'not-a-map',
      message:
        'tenants answered something else than a Map of documents by their ids.\nAnswer new Map([[id, settings], …]), or createAnswer({ value, revision }) with such a Map as its value.',
    });
  });

  it('is closed with its slot', async () => {
    const world = await new DocumentWorld().begin({});
    await world.documents.end();
    await Promise.all(world.documents.closeSources().map(async ({ closed }) => closed));
    expect([world.source.closed, world.clock.waiting]).toEqual([1, 0]);
  });
});
