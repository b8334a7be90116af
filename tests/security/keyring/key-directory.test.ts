import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Keyset } from '../../../src/security/index.js';
import { generateKeyset, keyDirectory } from '../../../src/security/index.js';
import { caught } from '../../sources/caught.js';
import { cfg, jsonOf, opened } from '../keysets.js';
import { context, newFolder, watching } from './keyrings.js';

/** A JSON Web Key of this name, made on this day of March 2026. */
function key(kid: string, day: number, changes: object = {}): object {
  const [jwk] = jsonOf(generateKeyset('any', { uses: ['encrypt'] })).keys;
  const created = `2026-03-${String(day).padStart(2, '0')}T00:00:00Z`;
  return { ...jwk, kid, created, state: undefined, ...changes };
}

async function put(folder: string, name: string, content: object): Promise<void> {
  await writeFile(join(folder, name), JSON.stringify(content), { mode: 0o440 });
}

function states({ keys }: Keyset): string[] {
  return keys.map(({ kid, state }) => `${kid} ${state}`);
}

describe('keyDirectory', () => {
  it('takes the newest key of a use as the primary one, and leaves what is retired', async () => {
    const folder = await newFolder();
    await put(folder, 'a', key('a', 2));
    await put(folder, 'b', key('b', 3, { state: 'active' }));
    await put(folder, 'c', key('c', 1, { state: 'primary' }));
    await put(folder, 'd', key('d', 9, { state: 'retired' }));
    await put(folder, '.hidden', { not: 'a key' });
    const keyset = await keyDirectory(folder, { keyset: 'orders' }).load(context());
    expect(keyset.name).toBe('orders');
    expect(states(keyset)).toEqual(['a active', 'b primary', 'c active', 'd retired']);
  });

  it('is called after its folder', async () => {
    const folder = await newFolder();
    await put(folder, 'a', key('a', 1));
    expect((await keyDirectory(folder).load(context())).name).toBe(basename(folder));
  });

  it('reads a mounted secret, is told when it is replaced, and then still opens what was encrypted before', async () => {
    const folder = await newFolder();
    const first = key('a', 1);
    const mount = async (version: string, keys: Readonly<Record<string, object>>): Promise<void> => {
      await mkdir(join(folder, version));
      for (const [name, content] of Object.entries(keys)) await put(join(folder, version), name, content);
      await symlink(version, join(folder, '..next'));
      await rename(join(folder, '..next'), join(folder, '..data'));
    };
    await mount('..1', { a: first });
    await symlink(join('..data', 'a'), join(folder, 'a'));
    const keyring = keyDirectory(folder, { keyset: 'orders' });
    const before = await keyring.load(context());
    const token = before.encrypt(Buffer.from('swordfish'), cfg);
    const watched = await watching(keyring);
    expect(await watched.poll()).toBe(false);
    expect(await keyring.load(context())).toBe(before);
    await mount('..2', { a: first, b: key('b', 2) });
    expect(await watched.poll()).toBe(true);
    const after = await keyring.load(context());
    expect(states(after)).toEqual(['a active', 'b primary']);
    expect(opened(after, token)).toBe('swordfish');
    expect(after.inspect(after.rewrap(token))?.kid).toBe('b');
  });

  it('tells of a file that is added or removed', async () => {
    const folder = await newFolder();
    await put(folder, 'a', key('a', 1));
    const keyring = keyDirectory(folder);
    await keyring.load(context());
    const watched = await watching(keyring);
    await put(folder, 'b', key('b', 2));
    expect(await watched.poll()).toBe(true);
    await rm(join(folder, 'b'));
    expect(await watched.poll()).toBe(true);
  });

  it('refuses what others could read, what is no key, and an empty folder', async () => {
    const folder = await newFolder();
    const loading = () => caught(() => keyDirectory(folder, { name: 'keys' }).load(context()));
    expect(await loading()).toMatchObject({ code: 'keyset-invalid' });
    await put(folder, 'a', key('a', 1));
    await chmod(join(folder, 'a'), 0o444);
    expect(await loading()).toMatchObject({
      code: 'keyring-exposed',
      message:
        `The keys in ${join(folder, 'a')} are not safe: its mode is 0444.\n` +
        'Run chown and chmod 0440 on it, and rotate the keys if anybody could have read them.',
    });
    await chmod(join(folder, 'a'), 0o440);
    await writeFile(join(folder, 'b'), 'hunter2', { mode: 0o400 });
    expect(await loading()).toMatchObject({
      code: 'keyset-invalid',
      message:
        `${join(folder, 'b')} is not a valid key: it is not JSON.\n` +
        'Write one JSON Web Key into it, or move it out of the folder.',
    });
    await rm(folder, { recursive: true });
    expect((await loading()).message).toContain('could not be read: it does not exist.');
  });
});
