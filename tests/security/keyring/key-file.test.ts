import { execFileSync } from 'node:child_process';
import { chmod, chown, lstat, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  changeKeyset,
  createKeyset,
  generateKeyset,
  keyDirectory,
  keyFile,
  Keyset,
  rotateKey,
} from '../../../src/security/index.js';
import { caught } from '../../sources/caught.js';
import { cfg, opened, putKeyset } from '../keysets.js';
import { context, newFolder, watching } from './keyrings.js';

const document = generateKeyset('orders');
const asRoot = process.geteuid?.() === 0;

async function keysIn(folder: string): Promise<string> {
  const path = join(folder, 'keys.json');
  await putKeyset(path, document);
  return path;
}

describe('createKeyset', () => {
  it('makes a file that only its owner can read, and leaves nothing beside it', async () => {
    const folder = await newFolder();
    const path = await keysIn(folder);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).toBe(document.toText());
    expect(await readdir(folder)).toEqual(['keys.json']);
  });

  it('leaves a file alone that is there', async () => {
    const folder = await newFolder();
    const path = await keysIn(folder);
    expect(await createKeyset(path, generateKeyset('orders'))).toBe(false);
    expect(await readFile(path, 'utf8')).toBe(document.toText());
    expect(await readdir(folder)).toEqual(['keys.json']);
  });
});

describe('changeKeyset', () => {
  it('replaces the file as a whole, and what a link points to', async () => {
    const folder = await newFolder();
    const path = await keysIn(folder);
    const link = join(folder, 'current.json');
    await symlink(path, link);
    const before = (await stat(path)).ino;
    const rotated = rotateKey(document, 'encrypt');
    await changeKeyset(link, ({ replace }) => replace(rotated));
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readFile(path, 'utf8')).toBe(rotated.toText());
    expect((await stat(path)).ino).not.toBe(before);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['current.json', 'keys.json']);
  });

  it('leaves nothing behind when it fails', async () => {
    const folder = await newFolder();
    await mkdir(join(folder, 'keys.json'));
    expect(
      await caught(() => changeKeyset(join(folder, 'keys.json'), ({ replace }) => replace(document))),
    ).toMatchObject({
      code: 'keyring-unreadable',
      message: expect.stringContaining('it is not a file'),
    });
    expect(await readdir(folder)).toEqual(['keys.json']);
  });

  it('lets one come after the other, so that no key is lost', async () => {
    const folder = await newFolder();
    const path = await keysIn(folder);
    const turns = Array.from({ length: 8 }, async () =>
      changeKeyset(path, async ({ document: before, replace }) => {
        const after = await replace(rotateKey(before, 'encrypt'));
        return after.keys.length;
      }),
    );
    expect((await Promise.all(turns)).sort((one, other) => one - other)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await readdir(folder)).toEqual(['keys.json']);
  });

  it('gives what is in the file, not what was to be written', async () => {
    const path = await keysIn(await newFolder());
    const rotated = rotateKey(document, 'encrypt');
    const readBack = await changeKeyset(path, ({ replace }) => replace(rotated));
    expect(readBack).not.toBe(rotated);
    expect(readBack.toText()).toBe(rotated.toText());
  });

  it('leaves a file alone that somebody has written who takes no lock', async () => {
    const path = await keysIn(await newFolder());
    const other = rotateKey(document, 'seal').toText();
    const attempt = changeKeyset(path, async ({ document: before, replace }) => {
      await writeFile(path, other);
      return replace(rotateKey(before, 'encrypt'));
    });
    expect(await caught(() => attempt)).toMatchObject({
      code: 'file-changed',
      message: `${path} was changed by another process meanwhile.\nIt has been left as it is: do it again.`,
    });
    expect(await readFile(path, 'utf8')).toBe(other);
  });
});

describe('keyFile', () => {
  it('opens what the keys of its file encrypted', async () => {
    const path = await keysIn(await newFolder());
    const keyset = await keyFile(path).load(context());
    expect(opened(keyset, Keyset.of(document).encrypt(Buffer.from('swordfish'), cfg))).toBe('swordfish');
  });

  it('gives the very same keyset until the file says something else', async () => {
    const path = await keysIn(await newFolder());
    const keyring = keyFile(path);
    const first = await keyring.load(context());
    await putKeyset(path, document);
    expect(await keyring.load(context())).toBe(first);
    await putKeyset(path, rotateKey(document, 'seal'));
    const second = await keyring.load(context());
    expect(second).not.toBe(first);
    expect(second.keys).toHaveLength(3);
  });

  it.each([0o640, 0o604, 0o620, 0o602, 0o644, 0o666])('refuses a file of mode %o', async (mode) => {
    const path = await keysIn(await newFolder());
    await chmod(path, mode);
    expect(await caught(() => keyFile(path).load(context()))).toMatchObject({
      code: 'keyring-exposed',
      message:
        `The keys in ${path} are not safe: its mode is 0${mode.toString(8)}.\n` +
        'Run chown and chmod 0600 on it, and rotate the keys if anybody could have read them.',
    });
  });

  it('takes a file that nobody can write', async () => {
    const path = await keysIn(await newFolder());
    await chmod(path, 0o400);
    expect((await keyFile(path).load(context())).name).toBe('orders');
  });

  it('names what stands in the way, and nothing of the content', async () => {
    const folder = await newFolder();
    const loading = (path: string) => caught(() => keyFile(path).load(context()));
    const absent = join(folder, 'absent.json');
    expect(await loading(absent)).toMatchObject({
      code: 'keyring-unreadable',
      message:
        `The keys in ${absent} could not be read: it does not exist.\n` +
        'Correct the path, or make the file readable for the user that the program runs as.',
    });
    expect((await loading(folder)).message).toContain('it is not a file.');
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', ['-m', '600', pipe]);
    expect((await loading(pipe)).message).toContain('it is not a file.');
    const loop = join(folder, 'loop');
    await symlink(loop, loop);
    expect((await loading(loop)).message).toContain('the system says ELOOP.');
    const large = join(folder, 'large.json');
    await writeFile(large, 'x'.repeat(1024 * 1024 + 1), { mode: 0o600 });
    expect((await loading(large)).message).toContain('it is larger than 1 MiB.');
    const wrong = join(folder, 'wrong.json');
    await writeFile(wrong, 'hunter2', { mode: 0o600 });
    const error = await loading(wrong);
    expect(error.code).toBe('keyset-invalid');
    expect(error.message).not.toContain('hunter2');
  });

  it('tells of a file that is replaced, rewritten, removed or put back, and of nothing else', async () => {
    const folder = await newFolder();
    const path = await keysIn(folder);
    const keyring = keyFile(path);
    await keyring.load(context());
    const watched = await watching(keyring);
    expect(await watched.poll()).toBe(false);
    await putKeyset(path, rotateKey(document, 'encrypt'));
    expect(await watched.poll()).toBe(true);
    expect(await watched.poll()).toBe(false);
    await writeFile(path, document.toText());
    expect(await watched.poll()).toBe(true);
    await rename(path, `${path}.old`);
    expect(await watched.poll()).toBe(true);
    expect(await watched.poll()).toBe(false);
    await rename(`${path}.old`, path);
    expect(await watched.poll()).toBe(true);
    await chmod(path, 0o640);
    expect(await watched.poll()).toBe(true);
  });

  it('tells of a change between the load and the first look', async () => {
    const path = await keysIn(await newFolder());
    const keyring = keyFile(path);
    await keyring.load(context());
    await putKeyset(path, rotateKey(document, 'encrypt'));
    expect(await (await watching(keyring)).poll()).toBe(true);
  });

  it('leaves nothing behind when the watching ends', async () => {
    const keyring = keyFile(await keysIn(await newFolder()));
    const watched = await watching(keyring);
    expect(watched.clock.waiting).toBe(1);
    watched.stop();
    expect(watched.clock.waiting).toBe(0);
  });
});

(asRoot ? describe : describe.skip)('a key file of another user (needs root)', () => {
  it('is refused, and so is a link of theirs', async () => {
    const folder = await newFolder();
    const path = await keysIn(folder);
    const link = join(folder, 'link.json');
    await symlink(path, link);
    expect((await keyFile(link).load(context())).name).toBe('orders');
    execFileSync('chown', ['-h', '1234', link]);
    expect((await caught(() => keyFile(link).load(context()))).message).toContain('it is a link of another user.');
    await chown(path, 1234, 1234);
    expect((await caught(() => keyFile(path).load(context()))).message).toContain('it belongs to another user.');
  });

  it('is refused behind a link of theirs to a folder, however many links lead there', async () => {
    const folder = await newFolder();
    await mkdir(join(folder, 'real'));
    await keysIn(join(folder, 'real'));
    await symlink('real', join(folder, 'theirs'));
    await symlink(join(folder, 'theirs'), join(folder, 'mine'));
    const path = join(folder, 'mine/keys.json');
    expect((await keyFile(path).load(context())).name).toBe('orders');
    expect((await caught(() => keyDirectory(join(folder, 'mine')).load(context()))).code).toBe('keyset-invalid');
    execFileSync('chown', ['-h', '1234', join(folder, 'theirs')]);
    for (const load of [
      () => keyFile(path).load(context()),
      () => keyDirectory(join(folder, 'mine')).load(context()),
    ]) {
      expect(await caught(load)).toMatchObject({
        code: 'keyring-exposed',
        message: expect.stringContaining('are not safe: it is reached through a link of another user.'),
      });
    }
  });
});

it('a key file behind a circle of links is not read', async () => {
  const folder = await newFolder();
  await symlink('b', join(folder, 'a'));
  await symlink('a', join(folder, 'b'));
  expect((await caught(() => keyFile(join(folder, 'a/keys.json')).load(context()))).code).toBe('keyring-unreadable');
});
