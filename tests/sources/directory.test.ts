import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { formatOrigin } from '../../src/core/index.js';
import { directory } from '../../src/sources/index.js';
import { leaf, section } from './schema-of.js';
import { failureOf, layerOf, temporaryFolder } from './file-fixtures.js';

describe('directory', () => {
  it('takes files for keys, and nests by folders, dots and double underscores', async () => {
    const folder = await temporaryFolder({
      port: '5432\n',
      'database/host': 'db',
      'database/pool/max-size': '10',
      'tls.crt': 'x\ny\n\n',
      http__port: '80\r\n',
    });
    const layer = await layerOf(directory(folder));
    expect(layer).toMatchObject({ name: folder, kind: 'directory', folder, references: true });
    expect(layer.tree).toEqual({
      port: '5432',
      database: { host: 'db', pool: { 'max-size': '10' } },
      tls: { crt: 'x\ny\n' },
      http: { port: '80' },
    });
  });

  it("reads Docker's names, in which a single underscore nests", async () => {
    const folder = await temporaryFolder({ db_password: 'x', 'db-max-size': '1', tls_key: 'y', other: 'z' });
    const schema = section({
      db: section({ password: leaf('text'), maxSize: leaf('integer') }),
      // One folded spelling for two fields: neither is guessed.
      tls: section({ key: leaf('text') }),
      tlsKey: leaf('text'),
    });
    const layer = await layerOf(directory(folder), { schema });
    expect(layer.tree).toEqual({ db: { password: 'x', maxSize: '1' }, tls_key: 'y', other: 'z' });
    expect(formatOrigin(layer.locate(['db', 'password']))).toContain('db_password');
  });

  it('leaves a name alone that could be of several fields, or of somebody else', async () => {
    const folder = await temporaryFolder({ a_b_c: 'x' });
    const fields = { aB: section({ c: leaf('text') }), a: section({ bC: leaf('text') }) };
    expect((await layerOf(directory(folder), { schema: section(fields) })).tree).toEqual({ a_b_c: 'x' });
    const one = section({ a: section({ bC: leaf('text') }) }, true);
    expect((await layerOf(directory(folder), { schema: one })).tree).toEqual({ a_b_c: 'x' });
  });

  it('names the file as the origin of a value', async () => {
    const folder = await temporaryFolder({ 'database/host.name': 'db' });
    const layer = await layerOf(directory(folder, { name: 'secrets', references: false }));
    expect(formatOrigin(layer.locate(['database', 'host', 'name']))).toBe(
      `database/host.name (${join(folder, 'database/host.name')})`,
    );
    expect(formatOrigin(layer.locate(['database']))).toBe('database (secrets)');
    expect(layer.references).toBe(false);
  });

  it('reads a mounted ConfigMap through its links and leaves out what starts with a dot', async () => {
    const folder = await temporaryFolder({ '..2024_01_01/port': '80', '..2024_01_01/.hidden': 'x', '.gitkeep': '' });
    await symlink('..2024_01_01', join(folder, '..data'));
    await symlink('..data/port', join(folder, 'port'));
    expect((await layerOf(directory(folder))).tree).toEqual({ port: '80' });
  });

  it('follows a link to a folder', async () => {
    const folder = await temporaryFolder({ 'a/b/c': '1' });
    await symlink('a/b', join(folder, 'link'));
    expect((await layerOf(directory(folder))).tree).toEqual({ a: { b: { c: '1' } }, link: { c: '1' } });
  });

  it('reads many files', async () => {
    const files = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${String(n)}`, String(n)]));
    expect((await layerOf(directory(await temporaryFolder(files)))).tree).toEqual(files);
  });

  it('sets nothing when the folder is empty', async () => {
    expect((await layerOf(directory(await temporaryFolder()))).tree).toEqual({});
  });

  it('refuses a link to a folder that contains it', async () => {
    const folder = await temporaryFolder({ a: '1' });
    await symlink('.', join(folder, 'loop'));
    const error = await failureOf(layerOf(directory(folder)));
    expect(error.code).toBe('source-unreadable');
    expect(error.message).toContain('it is a link to a folder that contains it');
  });

  it.each([
    [{ 'a.b': '1', a__b: '2' }, 'duplicate-key', 'the key a.b is also set by'],
    [{ a: '1', 'a.b': '2' }, 'duplicate-key', 'already is a value where this needs a map'],
    [{ 'a..b': '1' }, 'invalid-key', 'a part of its name between dots or double underscores is empty'],
    [{ a____b: '1' }, 'invalid-key', 'a part of its name between dots or double underscores is empty'],
    [{ ['__proto__']: '1' }, 'forbidden-key', 'its name contains a reserved key'],
    [{ '__proto__/polluted': '1' }, 'forbidden-key', 'its name contains a reserved key'],
    [{ constructor__prototype__x: '1' }, 'forbidden-key', 'its name contains a reserved key'],
    [{ 'a.__proto__.polluted': '1' }, 'forbidden-key', 'its name contains a reserved key'],
    [{ [`${'a.'.repeat(100)}a`]: '1' }, 'too-deep', 'keys may be nested 100 levels deep at most'],
  ])('refuses the files %j: %s', async (files, code, message) => {
    const error = await failureOf(layerOf(directory(await temporaryFolder(files))));
    expect(error).toMatchObject({ code, category: 'parse' });
    expect(error.message).toContain(message);
  });

  it('refuses a file that is not UTF-8', async () => {
    const folder = await temporaryFolder({ key: Uint8Array.of(0xff) });
    const error = await failureOf(layerOf(directory(folder)));
    expect(error.code).toBe('invalid-encoding');
    expect(error.message).toContain(join(folder, 'key'));
  });

  it('limits the size of each file', async () => {
    const folder = await temporaryFolder({ key: 'xxxx' });
    expect((await failureOf(layerOf(directory(folder, { maxSize: '3B' })))).code).toBe('source-too-large');
  });

  it('says that the folder does not exist, or is none', async () => {
    const folder = await temporaryFolder({ file: '' });
    expect((await failureOf(layerOf(directory(join(folder, 'none'))))).code).toBe('source-not-found');
    expect((await failureOf(layerOf(directory(join(folder, 'file'))))).code).toBe('source-unreadable');
  });

  it('stops when the load is aborted', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(layerOf(directory(await temporaryFolder()), { signal })).rejects.toThrow('too late');
  });

  it('has an id that is equal for equal arguments only', () => {
    expect(directory('/etc/config').id).toBe(directory('/etc/config').id);
    expect(directory('/etc/config').id).not.toBe(directory('/etc/secrets').id);
  });
});
