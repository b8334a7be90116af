import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { defaultRoots, resolveWithin } from '../../src/sources/index.js';
import { failureOf, temporaryFolder } from './file-fixtures.js';

describe('resolveWithin', () => {
  it('finds a file in one of the folders', async () => {
    const folder = await temporaryFolder({ 'a/x.yaml': '' });
    const path = join(folder, 'a/x.yaml');
    expect(await resolveWithin([join(folder, 'b'), join(folder, 'a')], path)).toEqual({ kind: 'within', path });
  });

  it('says that a file in a folder is missing', async () => {
    const folder = await temporaryFolder();
    expect(await resolveWithin([folder], join(folder, 'deep/x.yaml'))).toEqual({ kind: 'missing' });
    expect(await resolveWithin([folder], join(folder, '..x.yaml'))).toEqual({ kind: 'missing' });
  });

  it.each(['../../../../etc/passwd', '../b/x.yaml', '../nothing', '..', '/etc/passwd', '../a-sibling/x'])(
    'refuses %s, whether or not it exists',
    async (way) => {
      const folder = await temporaryFolder({ 'a/y.yaml': '', 'b/x.yaml': '' });
      const path = way.startsWith('/') ? way : join(folder, 'a', way);
      expect(await resolveWithin([join(folder, 'a')], path)).toEqual({ kind: 'outside' });
    },
  );

  it('refuses a symbolic link that leads out, also of a folder', async () => {
    const folder = await temporaryFolder({ 'a/y.yaml': '', 'b/x.yaml': '' });
    await symlink('../b/x.yaml', join(folder, 'a/link.yaml'));
    await symlink('../b', join(folder, 'a/folder'));
    for (const way of ['link.yaml', 'folder/x.yaml', 'folder/nothing.yaml']) {
      expect(await resolveWithin([join(folder, 'a')], join(folder, 'a', way))).toEqual({ kind: 'outside' });
    }
  });

  it('follows a root that is a link itself', async () => {
    const folder = await temporaryFolder({ 'a/y.yaml': '' });
    await symlink('a', join(folder, 'link'));
    const path = join(folder, 'link/y.yaml');
    expect(await resolveWithin([join(folder, 'link')], path)).toEqual({
      kind: 'within',
      path: join(folder, 'a/y.yaml'),
    });
  });

  it('allows nothing by a root that does not exist', async () => {
    const folder = await temporaryFolder({ 'a/y.yaml': '' });
    expect(await resolveWithin([join(folder, 'b')], join(folder, 'b/../a/y.yaml'))).toEqual({ kind: 'outside' });
    expect(await resolveWithin([], join(folder, 'a/y.yaml'))).toEqual({ kind: 'outside' });
  });

  it('says that links form a loop', async () => {
    const folder = await temporaryFolder();
    await symlink('loop', join(folder, 'loop'));
    expect((await failureOf(resolveWithin([folder], join(folder, 'loop')))).code).toBe('source-unreadable');
  });
});

describe('defaultRoots', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('are the folder and the working directory', () => {
    jest.spyOn(process, 'cwd').mockReturnValue('/srv/app');
    expect(defaultRoots('/etc/config')).toEqual(['/etc/config', '/srv/app']);
  });

  it('leave out a working directory that is the root of the file system', () => {
    jest.spyOn(process, 'cwd').mockReturnValue('/');
    expect(defaultRoots('/etc/config')).toEqual(['/etc/config']);
  });
});
