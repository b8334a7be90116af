import { execFileSync } from 'node:child_process';
import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { accessPolicy, runAs, type AccessRecord, type AccessRule } from '../../../src/access.js';
import { Keyset, rotateSecrets, type RotationProgress, type RotationReport } from '../../../src/keys.js';
import { caught } from '../../sources/caught.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { after, before, cfg, encrypted, opened, tokensIn, withoutTokens } from './rotating.js';
import { generateKeyset } from '../keysets.js';

const text = (path: string): Promise<string> => readFile(path, 'utf8');

describe('rotateSecrets', () => {
  it('changes the values of a file and nothing else', async () => {
    const was = `# a comment\r\nmail:\r\n  password: "${encrypted('swordfish')}"   # kept\r\n  port:   25`;
    const folder = await temporaryFolder({ 'app.yaml': `\uFEFF${was}` });
    const file = join(folder, 'app.yaml');
    await chmod(file, 0o640);

    const report = await rotateSecrets({ files: [file], keyset: after });

    const now = await text(file);
    expect(withoutTokens(now)).toBe(withoutTokens(`\uFEFF${was}`));
    const [token = ''] = tokensIn(now);
    expect([after.inspect(token)?.kid, opened(token)]).toEqual(['orders/3', 'swordfish']);
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect(await readdir(folder)).toEqual(['app.yaml']);
    expect(report).toEqual({
      dryRun: false,
      complete: true,
      files: [{ file, rotated: 1, current: 0, left: 0 }],
      rotated: 1,
      current: 0,
      before: new Map([['orders/1', 1]]),
      after: new Map([['orders/3', 1]]),
      problems: [],
      problemsLeftOut: 0,
    });
  });

  it('seals again what is sealed, for the same place', async () => {
    const folder = await temporaryFolder({ '.env': `KEY=${before.seal(Buffer.from('pk'), cfg)}\n` });
    await rotateSecrets({ files: [join(folder, '.env')], keyset: after });
    const [token = ''] = tokensIn(await text(join(folder, '.env')));
    expect([after.inspect(token), opened(token)]).toEqual([{ kid: 'orders/4', sealed: true, cfg }, 'pk']);
  });

  it('leaves a file alone whose values are under the newest key', async () => {
    const folder = await temporaryFolder({ 'a.json': `{"a":"${after.encrypt(Buffer.from('x'), cfg)}"}` });
    const file = join(folder, 'a.json');
    const { ino, mtimeNs } = await stat(file, { bigint: true });
    const { complete, current, rotated } = await rotateSecrets({ files: [file], keyset: after });
    const now = await stat(file, { bigint: true });
    expect([complete, current, rotated, now.ino, now.mtimeNs]).toEqual([true, 1, 0, ino, mtimeNs]);
  });

  it('writes nothing in a dry run, and says what it would do', async () => {
    const was = `a: "${encrypted('x')}"\nb: "${after.encrypt(Buffer.from('y'), cfg)}"\n`;
    const folder = await temporaryFolder({ 'app.yaml': was });
    const file = join(folder, 'app.yaml');
    const report = await rotateSecrets({ files: [file], keyset: after, dryRun: true });
    expect(await text(file)).toBe(was);
    expect([report.dryRun, report.complete, report.rotated, report.current]).toEqual([true, true, 1, 1]);
    expect([...report.before, ...report.after]).toEqual([
      ['orders/1', 1],
      ['orders/3', 1],
      ['orders/3', 2],
    ]);
  });

  it('says where the values stand that it cannot open, and leaves them as they are', async () => {
    const good = encrypted('x');
    const tenth = good.length - 10; // the last letters may be the ones that are put there, or hold bits that count for nothing
    const changed = `${good.slice(0, tenth)}${good[tenth] === 'A' ? 'B' : 'A'}${good.slice(tenth + 1)}`;
    const other = Keyset.of(generateKeyset('billing')).encrypt(Buffer.from('x'), cfg);
    const was = [
      `a: "${good}"`,
      `b: "ü😀" # ${changed}`,
      `c: "${other}"`,
      'd: >-',
      `  ${good.slice(0, 60)}`,
      `  ${good.slice(60)}`,
      'e: "{jwe}.."',
      `f: "${good.slice(0, 50)}\\`,
      `   ${good.slice(50)}"`,
      '',
    ].join('\n');
    const folder = await temporaryFolder({ 'app.yaml': was });
    const file = join(folder, 'app.yaml');

    const { complete, problems, files } = await rotateSecrets({ files: [file], keyset: after });

    expect(complete).toBe(false);
    expect(files).toEqual([{ file, rotated: 1, current: 0, left: 5 }]);
    expect(problems).toEqual([
      { kind: 'not-opened', file, line: 2, column: 12, kid: 'orders/1', message: 'cannot be opened with orders/1' },
      {
        kind: 'other-key',
        file,
        line: 3,
        column: 5,
        kid: 'billing/1',
        message: 'is under billing/1, a key that the keyset does not have',
      },
      {
        kind: 'split',
        file,
        line: 5,
        column: 3,
        message: 'is an encrypted value that is split over several lines; write it in one',
      },
      { kind: 'malformed', file, line: 7, column: 5, message: 'begins like an encrypted value but is not one' },
      expect.objectContaining({ kind: 'split', line: 8, column: 5 }),
    ]);
    const now = await text(file);
    expect(now.split('\n').slice(1)).toEqual(was.split('\n').slice(1));
  });

  it('replaces what a link points to, and keeps the link', async () => {
    const folder = await temporaryFolder({ 'real/app.yaml': `a: "${encrypted('x')}"` });
    const [link, file] = [join(folder, 'app.yaml'), join(folder, 'real/app.yaml')];
    await symlink('real/app.yaml', link);
    const { rotated, files } = await rotateSecrets({ files: [link, file], keyset: after });
    expect([rotated, files.map((each) => each.file)]).toEqual([1, [link]]);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(after.inspect(tokensIn(await text(file))[0] ?? '')?.kid).toBe('orders/3');
  });

  it('goes on with the other files where one cannot be read', async () => {
    const folder = await temporaryFolder({ 'a.yaml': `a: "${encrypted('x')}"`, 'large.yaml': 'x'.repeat(2000) });
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const [missing, pipe, large, good] = ['missing', 'pipe', 'large.yaml', 'a.yaml'].map((name) => join(folder, name));
    const files = [missing ?? '', folder, pipe ?? '', large ?? '', good ?? ''];
    const { problems, rotated, complete } = await rotateSecrets({ files, keyset: after, maxBytes: 1000 });
    expect([rotated, complete]).toEqual([1, false]);
    expect(problems).toEqual([
      { kind: 'file', file: missing, message: 'cannot be read or replaced: the system says ENOENT' },
      { kind: 'file', file: folder, message: 'cannot be read: it is not a regular file' },
      { kind: 'file', file: pipe, message: 'cannot be read: it is not a regular file' },
      { kind: 'file', file: large, message: 'cannot be read: it is larger than 1000 bytes' },
    ]);
  });

  it('does not lose what somebody else writes meanwhile', async () => {
    const folder = await temporaryFolder({ 'app.yaml': `a: "${encrypted('x')}"\n`.repeat(3) });
    const file = join(folder, 'app.yaml');
    let edited = false;
    const onProgress = (): void => {
      if (edited) return;
      edited = true;
      // At once, so that it is done before the rotation goes on.
      execFileSync('sh', ['-c', `echo 'b: 2' >> "$0"`, file]);
    };
    await rotateSecrets({ files: [file], keyset: after, chunk: 1, onProgress });
    const now = await text(file);
    expect(edited).toBe(true);
    expect(now.endsWith('b: 2\n')).toBe(true);
    expect(tokensIn(now).map((token) => after.inspect(token)?.kid)).toEqual(['orders/3', 'orders/3', 'orders/3']);
    expect(await readdir(folder)).toEqual(['app.yaml']);
  });

  it('gives up on a file that never stands still', async () => {
    const folder = await temporaryFolder({ 'app.yaml': `a: "${encrypted('x')}"\n` });
    const file = join(folder, 'app.yaml');
    const onProgress = (): void => {
      execFileSync('sh', ['-c', `echo '#' >> "$0"`, file]);
    };
    const { problems } = await rotateSecrets({ files: [file], keyset: after, chunk: 1, onProgress });
    expect(problems.map(({ message }) => message)).toEqual([
      'was changed by another process each time its values were encrypted again',
    ]);
    expect(await readdir(folder)).toEqual(['app.yaml']);
  });

  it('stops when it is told to, with the files as they were', async () => {
    const was = `a: "${encrypted('x')}"\n`.repeat(10);
    const folder = await temporaryFolder({ 'app.yaml': was });
    const file = join(folder, 'app.yaml');
    const stop = new AbortController();
    const onProgress = (): void => {
      stop.abort(new Error('enough'));
    };
    const work = rotateSecrets({ files: [file], keyset: after, chunk: 2, signal: stop.signal, onProgress });
    await expect(work).rejects.toThrow('enough');
    expect([await text(file), await readdir(folder)]).toEqual([was, ['app.yaml']]);
  });

  it('removes what a process left that was killed, and nothing of one that runs', async () => {
    const folder = await temporaryFolder({ 'app.yaml': `a: "${encrypted('x')}"` });
    const left = `.app.yaml.${String(2 ** 22 + 1)}-0-0123456789abcdef.uno-config.tmp`;
    const running = `.app.yaml.${String(process.ppid)}-0-0123456789abcdef.uno-config.tmp`;
    await writeFile(join(folder, left), '');
    await writeFile(join(folder, running), '');
    await writeFile(join(folder, '.app.yaml.swp'), '');
    await rotateSecrets({ files: [join(folder, 'app.yaml')], keyset: after });
    expect((await readdir(folder)).sort()).toEqual([running, '.app.yaml.swp', 'app.yaml'].sort());
  });

  it('lists at most 100 problems of a file, and counts the rest', async () => {
    const folder = await temporaryFolder({ 'app.yaml': '{jwe}\n'.repeat(250) });
    const { problems, problemsLeftOut } = await rotateSecrets({ files: [join(folder, 'app.yaml')], keyset: after });
    expect([problems.length, problems.at(-1)?.line, problemsLeftOut]).toEqual([100, 100, 150]);
  });

  it('tells how far it is', async () => {
    const folder = await temporaryFolder({ 'a.yaml': `a: "${encrypted('x')}"\n`.repeat(4), 'b.yaml': '' });
    const files = [join(folder, 'a.yaml'), join(folder, 'b.yaml')];
    const told: RotationProgress[] = [];
    const onProgress = (progress: RotationProgress): void => void told.push(progress);
    await rotateSecrets({ files, keyset: after, chunk: 2, onProgress });
    // A machine that is busy ends a chunk earlier.
    const [first] = told;
    expect(first).toMatchObject({ file: files[0], filesDone: 0, files: 2 });
    expect(first?.rotated).toBeLessThanOrEqual(2);
    expect(told.at(-1)).toEqual({ file: files[1], filesDone: 2, files: 2, bytesDone: 0, bytes: 0, rotated: 4 });
  });

  it.each([0, 1.5, NaN])('takes no chunk of %p', async (chunk) => {
    await expect(rotateSecrets({ files: [], keyset: after, chunk })).rejects.toThrow(
      new TypeError(`rotateSecrets: chunk must be a whole number from 1 on; got ${String(chunk)}.`),
    );
  });

  describe('with a policy', () => {
    const OPERATIONS: AccessRule = {
      name: 'operations',
      effect: 'allow',
      paths: ['**'],
      rights: ['rotate'],
      principals: ['operations'],
    };

    async function folderOfOne(): Promise<string> {
      const folder = await temporaryFolder({ 'app.yaml': `a: "${encrypted('x')}"\n` });
      return join(folder, 'app.yaml');
    }

    it('rotates for whom it allows that, and records it under which keys before anything is written', async () => {
      const file = await folderOfOne();
      const was = await text(file);
      const entries: unknown[] = [];
      const audit = {
        record: async (entry: AccessRecord) => {
          expect(await text(file)).toBe(was);
          entries.push(entry);
        },
      };
      const access = accessPolicy([OPERATIONS]);
      const rotation = async (): Promise<RotationReport> =>
        rotateSecrets({ files: [file], keyset: after, access, audit });
      expect((await runAs('operations', rotation)).rotated).toBe(1);
      const common = { action: 'rotate', decision: 'allow', path: '**', rule: 'operations', principal: 'operations' };
      expect(entries).toEqual([
        { ...common, level: 'encrypt', kid: 'orders/3' },
        { ...common, level: 'sealed', kid: 'orders/4' },
      ]);
    });

    it.each<[string, AccessRule, string]>([
      [
        'denies it at a path',
        { ...OPERATIONS, effect: 'deny', paths: ['payment.*'] },
        'the rule "operations" denies it',
      ],
      ['allows it to others', { ...OPERATIONS, principals: ['others'] }, 'allows it on behalf of "others" only'],
      ['allows something else', { ...OPERATIONS, rights: ['write'] }, 'no rule allows it at all paths'],
      ['allows it at some paths', { ...OPERATIONS, paths: ['payment.*'] }, 'no rule allows it at all paths'],
    ])('changes no file where it %s', async (_, rule, why) => {
      const file = await folderOfOne();
      const was = await text(file);
      const access = accessPolicy([rule]);
      const error = await caught(async () =>
        runAs('operations', async () => rotateSecrets({ files: [file], keyset: after, access })),
      );
      expect([error.code, await text(file)]).toEqual(['access-denied', was]);
      expect(error.message).toMatch('code without a handle, on behalf of "operations", may not rotate all secrets: ');
      expect(error.message).toContain(why);
    });

    it('records for everybody where there is a log and no policy', async () => {
      const entries: AccessRecord[] = [];
      const audit = { record: async (entry: AccessRecord) => Promise.resolve(void entries.push(entry)) };
      await rotateSecrets({ files: [await folderOfOne()], keyset: after, audit });
      expect(entries.map(({ decision, rule }) => [decision, rule])).toEqual([
        ['allow', 'default'],
        ['allow', 'default'],
      ]);
    });
  });
});
