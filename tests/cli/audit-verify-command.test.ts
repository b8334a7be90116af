import { appendFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { keys, linesOf, replaceLines, writeLog } from '../security/audit/audit-folder.js';
import { temporaryFolder } from '../sources/file-fixtures.js';
import { run } from './fake-io.js';

let folder: string;
let log: string;

beforeEach(async () => {
  folder = await temporaryFolder({ 'key.pem': keys.publicKey.export({ format: 'pem', type: 'spki' }) });
  log = join(folder, 'audit');
  await writeLog(log, 20, { signingKey: keys.privateKey, checkpointEvery: 5 });
});

describe('uno-config audit verify', () => {
  it('says that a log is as it was written', async () => {
    expect(await run(folder, ['audit', 'verify', 'audit', '--key', 'key.pem'])).toMatchObject({
      code: 0,
      error: '',
      out: 'audit: as it was written, 20 events.\n1 checkpoint vouches for the events up to 20.\n',
    });
  });

  it('says what it could not check', async () => {
    expect((await run(folder, ['audit', 'verify', 'audit'])).out).toContain(
      '1 checkpoint vouches for nothing: the signatures were not checked, for that takes --key <file>.',
    );
    await writeLog(join(folder, 'unsigned'), 1);
    expect((await run(folder, ['audit', 'verify', 'unsigned'])).out).toBe(
      'unsigned: as it was written, 1 event.\n' +
        'There are no checkpoints, so missing events at the end cannot be detected.\n',
    );
  });

  it('names each change with its index, file and line', async () => {
    const lines = await linesOf(log);
    const changed = lines
      .with(16, lines[17] ?? '')
      .with(17, lines[16] ?? '')
      .with(12, (lines[12] ?? '').replace('keys', 'doors'))
      .toSpliced(8, 0, 'nonsense')
      .toSpliced(3, 2)
      .slice(0, -1);
    await replaceLines(log, changed);
    expect(await run(folder, ['audit', 'verify', 'audit', '--key', 'key.pem'])).toMatchObject({
      code: 1,
      out: `audit: 5 changes, 18 events.
  index 3: events 4 to 5 were deleted (audit/audit-000000000001.jsonl:4)
  index 6: a line was inserted (audit/audit-000000000001.jsonl:7)
  index 11: event 13 was edited (audit/audit-000000000001.jsonl:12)
  index 15: event 17 was swapped with the line at index 16 (audit/audit-000000000001.jsonl:16)
  index 18: event 20 was cut off at the end, according to a checkpoint (audit/audit-000000000001.jsonl:19)
1 checkpoint vouches for no event.
`,
    });
  });

  it('prints the report as JSON', async () => {
    await replaceLines(log, (await linesOf(log)).toSpliced(3, 1));
    const { code, out } = await run(folder, ['audit', 'verify', 'audit', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      lines: 19,
      lastSeq: 20,
      findings: [{ kind: 'deleted', index: 3, seq: 4, count: 1, file: 'audit/audit-000000000001.jsonl', line: 4 }],
      findingCount: 1,
      checkpoints: { count: 1, signed: false, vouchedSeq: 0 },
    });
  });

  it('reports half a line at the end, which is no change', async () => {
    await appendFile(join(log, 'audit-000000000001.jsonl'), '{"act');
    const { code, out } = await run(folder, ['audit', 'verify', 'audit']);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(
        'Half a line, 5 bytes, ends audit/audit-000000000001.jsonl: its process was killed, or is writing it. It is no event.\n',
      ),
    ]);
  });

  it('compares with checkpoints from elsewhere, and begins where it is told to', async () => {
    await rename(join(log, 'checkpoints.jsonl'), join(folder, 'exported.jsonl'));
    await replaceLines(log, (await linesOf(log)).slice(4, 10));
    const words = ['audit', 'verify', 'audit', '--from', '5'];
    expect((await run(folder, words)).code).toBe(0);
    const { code, out } = await run(folder, [...words, '--checkpoints', 'exported.jsonl']);
    expect([code, out]).toEqual([1, expect.stringContaining('index 6: events 11 to 20 were cut off at the end')]);
  });

  it('believes checkpoints from elsewhere before those beside the log, and says which log they are of', async () => {
    await rename(join(log, 'checkpoints.jsonl'), join(folder, 'exported.jsonl'));
    await rename(log, join(folder, 'before'));
    await writeLog(log, 3, { signingKey: keys.privateKey });
    const words = ['audit', 'verify', 'audit', '--key', 'key.pem', '--checkpoints', 'exported.jsonl'];
    expect(await run(folder, words)).toMatchObject({
      code: 1,
      out: `audit: 1 change, 3 events.
  index 0: 1 checkpoint is of another log, that of node-1 up to event 20 (exported.jsonl:1)
1 checkpoint vouches for no event.
`,
    });
  });

  it('verifies a single file', async () => {
    expect(await run(folder, ['audit', 'verify', 'audit/audit-000000000001.jsonl'])).toMatchObject({ code: 0 });
  });

  it('shows a hundred changes, and counts the rest', async () => {
    await writeFile(join(folder, 'nonsense.jsonl'), 'nonsense\n'.repeat(150));
    const { code, out } = await run(folder, ['audit', 'verify', 'nonsense.jsonl']);
    expect([code, out.split('\n').length]).toEqual([1, 104]);
    expect(out).toContain('  and 50 more\n');
  });

  it.each([
    [['absent'], 'The audit log absent cannot be read: the operating system answers ENOENT.\n'],
    [['audit', '--key', 'absent.pem'], '--key: absent.pem cannot be read.\n'],
    [['audit', '--key', 'audit/checkpoints.jsonl'], '--key: the file holds no Ed25519 key in PEM.\n'],
    [['audit', '--from', 'x'], '--from cannot be "x".\nWrite a whole number, at least 1.\n'],
    [
      ['audit', '--checkpoints', 'absent'],
      'The audit log absent cannot be read: the operating system answers ENOENT.\n',
    ],
  ])('refuses %j', async (words, error) => {
    const outcome = await run(folder, ['audit', 'verify', ...words]);
    expect([outcome.code, outcome.out]).toEqual([2, '']);
    expect(outcome.error).toContain(`uno-config: ${error}`);
  });

  it('refuses a private key where the public one is wanted', async () => {
    await writeFile(join(folder, 'private.pem'), keys.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const { code, error } = await run(folder, ['audit', 'verify', 'audit', '--key', 'private.pem']);
    expect([code, error]).toEqual([
      2,
      `uno-config: --key: private.pem holds a private key; the public one is wanted.
Write it with openssl pkey -in private.pem -pubout, and keep the private one where the log is written.
`,
    ]);
  });
});
