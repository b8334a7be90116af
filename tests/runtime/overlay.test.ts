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

describe('an overlay', () => {
  it('has its own sections where it says something, and those that read it; all others are the parent’s', async () => {
    const { parent, options } = await base();
    const overlay = new Overlay(parent, [layer({ brand: { name: 'acme' } })], options);
    expect(await overlay.instance(0)).toMatchObject({ name: 'acme' });
    expect(await overlay.instance(1)).toMatchObject({ from: 'acme@example.org' });
    expect(await overlay.instance(2)).toMatchObject({ text: 'yours, acme@example.org' });
    expect(await overlay.instance(3)).toBe(parent.instances[3]);
    expect(await overlay.instance(0)).toBe(await overlay.instance(0));
    expect(Object.isFrozen(await overlay.instance(0))).toBe(true);
    expect(parent.instances[0]).toMatchObject({ name: 'base' });
  });

  it('leaves readers alone when what they read is not said otherwise, and what is said in vain', async () => {
    const { parent, options } = await base();
    const overlay = new Overlay(parent, [layer({ brand: { colours: ['red'] }, quota: { most: '100' } })], options);
    expect(await overlay.instance(0)).toMatchObject({ colours: ['red'] });
    expect(await overlay.instance(1)).toBe(parent.instances[1]);
    expect(await overlay.instance(4)).toBe(parent.instances[4]);
  });

  it('lies below variables, and is merged with what is below and above it', async () => {
    const { parent, options } = await base(
      { brand: { name: 'b', colours: ['blue'] } },
      { APP_BRAND__NAME: 'variable' },
    );
    const overlay = new Overlay(parent, [layer({ brand: { name: 'acme', colours: ['red'] } })], options);
    expect(await overlay.instance(0)).toMatchObject({ name: 'variable', colours: ['blue', 'red'] });
    const above = new Overlay(parent, [layer({ brand: { name: 'acme' } })], { ...options, above: 2 });
    expect(await above.instance(0)).toMatchObject({ name: 'acme' });
    const unset = new Overlay(parent, [layer({ brand: '!unset' })], { ...options, above: 2 });
    expect(await unset.instance(0)).toMatchObject({ name: 'base', colours: [] });
  });

  it('checks the rules over several sections with its own', async () => {
    const { parent, options } = await base();
    const overlay = new Overlay(parent, [layer({ quota: { most: 5 } })], options);
    for (const index of [1, 4]) {
      await expect(overlay.instance(index)).rejects.toThrow('mail: limit must not exceed the quota');
    }
    expect(await overlay.instance(2)).toBe(parent.instances[2]);
  });

  it('names all that is wrong with it, at its place', async () => {
    const { parent, options } = await base();
    const overlay = new Overlay(parent, [layer({ brand: null, mail: { limit: 'many' }, brnad: {} })], options);
    const error: unknown = await overlay.instance(1).catch((reason: unknown) => reason);
    expect(ConfigError.is(error) ? error.issues.map(({ code, origin }) => [code, origin?.source]) : error).toEqual([
      ['not-a-section', 'tenant'],
      ['unknown-key', 'tenant'],
      ['not-an-integer', 'tenant'],
    ]);
  });

  it('may close a circle that its parent has not', async () => {
    const { parent, options } = await base();
    const overlay = new Overlay(parent, [layer({ brand: { name: '${letter.text}' } })], options);
    await expect(overlay.instance(0)).rejects.toThrow('refers to itself');
    expect(await overlay.instance(3)).toBe(parent.instances[3]);
  });

  it('refuses no section for what is wrong with another one', async () => {
    const { parent, options } = await base();
    const overlay = new Overlay(parent, [layer({ letter: { note: '${gone}' }, quota: { most: 200 } })], options);
    const asked = [overlay.instance(2), overlay.instance(4)];
    await expect(asked[0]).rejects.toThrow('refers to ${gone}, which no source sets');
    expect(await asked[1]).toMatchObject({ most: 200 });
  });

  it('reads the files that it refers to', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'name.txt'), 'filed\n');
    const { parent, options } = await base();
    const own = layer({ brand: { name: '${file:name.txt}' } }, { folder });
    const overlay = new Overlay(parent, [own], { ...options, fileRoots: [folder] });
    expect(await overlay.instance(1)).toMatchObject({ from: 'filed@example.org' });
  });

  it('keeps what waits for a restart, and takes at once what it says itself', async () => {
    let port = 80;
    const sources = [{ load: () => ({ server: { port }, brand: { name: 'on ${server.port}' } }) }];
    const options: LoadOptions = { sections: SECTIONS, sources, environment: 'test', env: {} };
    const first = await loadGeneration(options);
    port = 90;
    const parent = await loadGeneration(options, { previous: first });
    const overlay = new Overlay(parent, [layer({ letter: { note: '${server.port}' } })], options);
    expect([await overlay.instance(3), await overlay.instance(0)]).toEqual([parent.instances[3], parent.instances[0]]);
    expect(await overlay.instance(2)).toMatchObject({ note: '80' });
    const own = new Overlay(parent, [layer({ server: { port: 7 } })], options);
    expect([await own.instance(3), await own.instance(0)]).toMatchObject([{ port: 7 }, { name: 'on 7' }]);
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
