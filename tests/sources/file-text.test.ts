import { execFileSync } from 'node:child_process';
import { rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readTextFile } from '../../src/sources/index.js';
import { fileErrorFromSystem } from '../../src/sources/read/file-error.js';
import { failureOf, temporaryFolder } from './file-fixtures.js';

const { signal } = new AbortController();

describe('readTextFile', () => {
  it('reads UTF-8 without its byte order mark', async () => {
    const folder = await temporaryFolder({ 'a.txt': '\uFEFFgrün 🌱\n' });
    expect(await readTextFile(join(folder, 'a.txt'), { signal })).toBe('grün 🌱\n');
  });

  it('reads an empty file', async () => {
    const folder = await temporaryFolder({ 'a.txt': '' });
    expect(await readTextFile(join(folder, 'a.txt'), { signal })).toBe('');
  });

  it('reads a file whose size the system does not tell', async () => {
    expect(await readTextFile('/proc/self/status', { signal })).toMatch(/^Name:/);
  });

  it('says that a file does not exist', async () => {
    const error = await failureOf(readTextFile('/nowhere/app.yaml', { signal, shown: 'app.yaml' }));
    expect(error).toMatchObject({ code: 'source-not-found', category: 'source' });
    expect(error.message).toBe(
      'app.yaml does not exist.\nCreate it, correct the path, or wrap the source in optional(…).',
    );
  });

  it('says that a link points to nothing, and not that it is to be created', async () => {
    const folder = await temporaryFolder();
    await symlink('../elsewhere/app.yaml', join(folder, 'app.yaml'));
    const error = await failureOf(readTextFile(join(folder, 'app.yaml'), { signal, shown: 'app.yaml' }));
    expect(error.code).toBe('source-not-found');
    expect(error.message).toBe(
      'app.yaml is a symbolic link to ../elsewhere/app.yaml, which does not exist.\nCreate what it points to, correct the link, or wrap the source in optional(…).',
    );
  });

  it('refuses a folder', async () => {
    const folder = await temporaryFolder();
    const error = await failureOf(readTextFile(folder, { signal, shown: 'config' }));
    expect(error.code).toBe('source-unreadable');
    expect(error.message).toContain('config cannot be read: it is a folder, not a file.');
  });

  it('refuses a named pipe without waiting for a writer', async () => {
    const pipe = join(await temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const error = await failureOf(readTextFile(pipe, { signal, shown: 'pipe' }));
    expect(error.code).toBe('source-unreadable');
    expect(error.message).toContain('it is a named pipe, not a file');
  });

  it('refuses a device', async () => {
    const error = await failureOf(readTextFile('/dev/zero', { signal }));
    expect(error.message).toContain('it is a device, not a file');
  });

  it('refuses a loop of symbolic links', async () => {
    const folder = await temporaryFolder();
    await symlink('b', join(folder, 'a'));
    await symlink('a', join(folder, 'b'));
    const error = await failureOf(readTextFile(join(folder, 'a'), { signal }));
    expect(error.code).toBe('source-unreadable');
    expect(error.message).toContain('its symbolic links form a loop');
  });

  it('says that permission is missing', () => {
    const error = fileErrorFromSystem(Object.assign(new Error('EACCES: secret'), { code: 'EACCES' }), 'app.yaml');
    expect(error.code).toBe('source-unreadable');
    expect(error.message).toContain('app.yaml cannot be read: this process has no permission to read it.');
  });

  it('names any other answer of the system', () => {
    const error = fileErrorFromSystem(Object.assign(new Error('EIO'), { code: 'EIO' }), 'app.yaml');
    expect(error.message).toContain('the operating system answers EIO');
    expect(fileErrorFromSystem('what', 'app.yaml').message).toContain('with an unknown error');
  });

  it('refuses a file above the limit', async () => {
    const folder = await temporaryFolder({ 'a.txt': 'x'.repeat(11) });
    const error = await failureOf(readTextFile(join(folder, 'a.txt'), { signal, maxBytes: 10, shown: 'a.txt' }));
    expect(error.code).toBe('source-too-large');
    expect(error.message).toContain('a.txt is larger than 10 bytes.');
  });

  it('applies the limit where the system does not tell the size', async () => {
    const error = await failureOf(readTextFile('/proc/self/status', { signal, maxBytes: 10 }));
    expect(error.code).toBe('source-too-large');
  });

  it('takes a file of exactly the limit', async () => {
    const folder = await temporaryFolder({ 'a.txt': 'x'.repeat(10) });
    expect(await readTextFile(join(folder, 'a.txt'), { signal, maxBytes: 10 })).toHaveLength(10);
  });

  it.each([
    ['a stray byte', [0x61, 0xff, 0x62], 1],
    ['a cut character at the end', [0x61, 0x62, 0xe2, 0x82], 2],
    ['a stray byte behind a real U+FFFD', [0xef, 0xbf, 0xbd, 0x61, 0xc0], 4],
    ['half of a surrogate pair', [0x61, 0xed, 0xa0, 0x80], 1],
    ['a stray byte behind a byte order mark', [0xef, 0xbb, 0xbf, 0xff], 3],
  ])('names the offset of %s', async (_, bytes, offset) => {
    const folder = await temporaryFolder({ 'a.txt': Uint8Array.from(bytes) });
    const error = await failureOf(readTextFile(join(folder, 'a.txt'), { signal }));
    expect(error).toMatchObject({ code: 'invalid-encoding', category: 'parse' });
    expect(error.message).toContain(`is not UTF-8: the byte at offset ${String(offset)} belongs to no character.`);
  });

  it('ends with the reason of an aborted signal', async () => {
    await expect(readTextFile('/nowhere', { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
      'too late',
    );
  });
});

describe('a file that was read before', () => {
  async function known(): Promise<string> {
    const path = join(await temporaryFolder({ 'a.txt': 'before' }), 'a.txt');
    await readTextFile(path, { signal });
    return path;
  }

  it('is refused once it is a named pipe', async () => {
    const path = await known();
    await rm(path);
    execFileSync('mkfifo', [path]);
    const error = await failureOf(readTextFile(path, { signal, shown: 'pipe' }));
    expect(error.message).toContain('it is a named pipe, not a file');
  });

  it('is missed once it has gone', async () => {
    const path = await known();
    await rm(path);
    expect((await failureOf(readTextFile(path, { signal }))).code).toBe('source-not-found');
  });

  it('is read where its link has come to lead', async () => {
    const path = await known();
    await symlink('/proc/self/status', `${path}.link`);
    await rename(`${path}.link`, path);
    expect(await readTextFile(path, { signal })).toMatch(/^Name:/);
  });
});
