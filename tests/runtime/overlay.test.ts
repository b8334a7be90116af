import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../src/core/index.js';
import { loadGeneration, Overlay, type Generation, type LoadOptions } from '../../src/runtime/index.js';
import { object, processEnv } from '../../src/sources/index.js';
import fc from '../fast-check.js';
import { temporaryFolder } from '../sources/file-fixtures.js';
import { layer, rules, SECTIONS, told, trees } from './overlay-fixtures.js';

async function base(
  values: object = {},
  env: Record<string, string> = {},
): Promise<{ parent: Generation; options: LoadOptions }> {
  const sources = [object(values, { name: 'base' }), processEnv({ prefix: 'APP_', env })];
  const options: LoadOptions = { sections: SECTIONS, sources, environment: 'test', env: { HOME: '/home' }, rules };
  return { parent: await loadGeneration(options), options };
}

async function brandOf(overlay: Overlay): Promise<object | undefined> {
  return (await overlay.generation()).instances[0];
}

describe('an overlay', () => {
  it('has its own sections where it says something, and those that read it; all others are the parent’s', async () => {
    const { parent, options } = await base();
    const { instances } = await new Overlay(parent, [layer({ brand: { name: 'acme' } })], options).generation();
    expect(instances[0]).toMatchObject({ name: 'acme' });
    expect(instances[1]).toMatchObject({ from: 'acme@example.org' });
    expect(instances[2]).toMatchObject({ text: 'yours, acme@example.org' });
    expect(instances[3]).toBe(parent.instances[3]);
    expect(Object.isFrozen(instances[0])).toBe(true);
    expect(parent.instances[0]).toMatchObject({ name: 'base' });
  });

  it('leaves readers alone when what they read is not said otherwise, and what is said in vain', async () => {
    const { parent, options } = await base();
    const overlay = new Overlay(parent, [layer({ brand: { colours: ['red'] }, quota: { most: '100' } })], options);
    const { instances } = await overlay.generation();
    expect(instances[0]).toMatchObject({ colours: ['red'] });
    expect(instances[1]).toBe(parent.instances[1]);
    expect(instances[4]).toBe(parent.instances[4]);
  });

  it('lies below variables, and is merged with what is below and above it', async () => {
    const { parent, options } = await base(
      { brand: { name: 'b', colours: ['blue'] } },
      { APP_BRAND__NAME: 'variable' },
    );
    const overlay = new Overlay(parent, [layer({ brand: { name: 'acme', colours: ['red'] } })], options);
    expect(await brandOf(overlay)).toMatchObject({ name: 'variable', colours: ['blue', 'red'] });
    const above = new Overlay(parent, [layer({ brand: { name: 'acme' } })], { ...options, above: 2 });
    expect(await brandOf(above)).toMatchObject({ name: 'acme' });
    const unset = new Overlay(parent, [layer({ brand: '!unset' })], { ...options, above: 2 });
    expect(await brandOf(unset)).toMatchObject({ name: 'base', colours: [] });
  });

  it('checks the rules over several sections with its own', async () => {
    const { parent, options } = await base();
    const overlay = new Overlay(parent, [layer({ quota: { most: 5 } })], options);
    await expect(overlay.generation()).rejects.toThrow('mail: limit must not exceed the quota');
  });

  it('names all that is wrong with it, at its place', async () => {
    const { parent, options } = await base();
    const overlay = new Overlay(parent, [layer({ brand: null, mail: { limit: 'many' }, brnad: {} })], options);
    const error: unknown = await overlay.generation().catch((reason: unknown) => reason);
    expect(ConfigError.is(error) ? error.issues.map(({ code, origin }) => [code, origin?.source]) : error).toEqual([
      ['not-a-section', 'tenant'],
      ['unknown-key', 'tenant'],
      ['not-an-integer', 'tenant'],
    ]);
  });

  it('may close a circle that its parent has not', async () => {
    const { parent, options } = await base();
    const overlay = new Overlay(parent, [layer({ brand: { name: '${letter.text}' } })], options);
    await expect(overlay.generation()).rejects.toThrow('refers to itself');
  });

  it('names no section for what is wrong with another one', async () => {
    const { parent, options } = await base();
    const overlay = new Overlay(parent, [layer({ letter: { note: '${gone}' }, quota: { most: 200 } })], options);
    const error: unknown = await overlay.generation().catch((reason: unknown) => reason);
    expect(ConfigError.is(error) ? error.issues.map(({ path, message }) => [path.join('.'), message]) : error).toEqual([
      ['letter.note', 'refers to ${gone}, which no source sets'],
    ]);
  });

  it('reads the files that it refers to', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'name.txt'), 'filed\n');
    const { parent, options } = await base();
    const own = layer({ brand: { name: '${file:name.txt}' } }, { folder });
    const overlay = new Overlay(parent, [own], { ...options, fileRoots: [folder] });
    expect((await overlay.generation()).instances[1]).toMatchObject({ from: 'filed@example.org' });
  });

  it('is explained by what it was made from, whatever variables are now', async () => {
    const env: Record<string, string> = { PLACE: 'home' };
    const sources = [object({ letter: { note: 'at ${env:PLACE:-${server.port}}' } }, { name: 'base' })];
    const options: LoadOptions = { sections: SECTIONS, sources, environment: 'test', env };
    const parent = await loadGeneration(options);
    const said = layer({ brand: { name: 'in ${env:PLACE:-${server.port}}' } });
    const own = await new Overlay(parent, [said], options).generation();
    const plain = await new Overlay(parent, [layer({ quota: { most: 7 } })], options).generation();
    delete env['PLACE'];
    const told = [own.explain('brand.name'), plain.explain('letter.note')];
    expect(told.map(({ value, references }) => [value, references])).toEqual([
      ['in home', ['${env:PLACE}']],
      ['at home', ['${env:PLACE}']],
    ]);
    expect(told.map(({ settings }) => settings)).toEqual([[], []]);
    expect(own.describe().find(({ path }) => path === 'mail.from')?.value).toBe('in home@example.org');
  });

  it('has what it says itself, beside others over the same parent and after these', async () => {
    const { parent, options } = await base({ brand: { colours: ['blue'] } });
    const make = async (most: number): Promise<Generation> =>
      new Overlay(parent, [layer({ quota: { most } })], options).generation();
    const all = [await make(11), await make(12), await make(13)];
    const seen = (): readonly unknown[] => all.map((one) => one.explain('quota.most').value);
    expect([seen(), seen()]).toEqual([
      [11, 12, 13],
      [11, 12, 13],
    ]);
    expect(all.map(({ instances }) => instances[4])).toMatchObject([{ most: 11 }, { most: 12 }, { most: 13 }]);
    expect(all.map((one) => one.instanceAt(4))).toEqual(all.map(({ instances }) => instances[4]));
    expect(all.map((one) => one.instanceAt(0) === parent.instanceAt(0))).toEqual([true, true, true]);
    expect(parent.explain('quota.most').value).toBe(100);
  });

  it('keeps what waits for a restart, and takes at once what it says itself', async () => {
    let port = 80;
    const sources = [{ load: () => ({ server: { port }, brand: { name: 'on ${server.port}' } }) }];
    const options: LoadOptions = { sections: SECTIONS, sources, environment: 'test', env: {} };
    const first = await loadGeneration(options);
    port = 90;
    const parent = await loadGeneration(options, { previous: first });
    const overlay = new Overlay(parent, [layer({ letter: { note: '${server.port}' } })], options);
    const { instances } = await overlay.generation();
    expect([instances[3], instances[0]]).toEqual([parent.instances[3], parent.instances[0]]);
    expect(instances[2]).toMatchObject({ note: '80' });
    const own = new Overlay(parent, [layer({ server: { port: 7 } })], options);
    expect((await own.generation()).instances).toMatchObject([{ name: 'on 7' }, {}, {}, { port: 7 }, {}]);
  });
});

describe('an overlay over any generation', () => {
  it('is what a load would give with its layers among the sources, and keeps all of the parent that is the same', async () => {
    await fc.assert(
      fc.asyncProperty(trees, trees, trees, async (low, own, high) => {
        const sources = [object(low, { name: 'low' }), object(high, { name: 'high' })];
        const options: LoadOptions = { sections: SECTIONS, sources, environment: 'test', env: {}, rules };
        const parent = await loadGeneration(options).catch(() => undefined);
        if (parent === undefined) return;
        const overlay = new Overlay(parent, [layer(own)], { ...options, above: 1 });
        const all = [sources[0], { load: () => layer(own) }, sources[1]].flatMap((source) => source ?? []);
        const alone = loadGeneration({ ...options, sources: all });
        const [made, loaded] = [overlay.generation(), alone];
        expect(await told(made)).toEqual(await told(loaded));
        const whole = await made.catch(() => undefined);
        const kept = whole?.instances.map((instance, index) => instance === parent.instances[index]);
        const equal = (await loaded.catch(() => undefined))?.instances.map(
          (instance, index) => JSON.stringify(instance) === JSON.stringify(parent.instances[index]),
        );
        expect(kept).toEqual(equal);
      }),
    );
  });
});
