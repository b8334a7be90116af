import {
  appendFile,
  chmod,
  copyFile,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import {
  auditFile,
  AuditLog,
  verifyAudit,
  type AuditCheckpoint,
  type AuditEvent,
  type AuditFileOptions,
  type AuditSink,
} from '../../../src/security/index.js';
import { chainEvent, EMPTY_LOG } from '../../../src/security/audit/chain-event.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { caught } from '../../sources/caught.js';
import { failureOf, temporaryFolder } from '../../sources/file-fixtures.js';
import { keys, linesOf, readLog, rehashed, writeLog } from './audit-folder.js';
import { listLogger } from './memory-sink.js';

const context = () => ({ logger: listLogger(), clock: new FakeClock() });
const entry = { action: 'use', path: 'database.password' };

/** Events that follow each other. */
function events(count: number) {
  const made = [chainEvent(EMPTY_LOG, entry, 0, 'node-1')];
  while (made.length < count) made.push(chainEvent(made.at(-1) ?? EMPTY_LOG, entry, 0, 'node-1'));
  return made;
}

/** Where the log in a folder ends. */
async function headIn(folder: string) {
  const sink = auditFile({ folder });
  const head = await sink.open?.(context());
  await sink.close?.();
  return head;
}

async function openFile(options: AuditFileOptions): Promise<AuditSink> {
  const sink = auditFile(options);
  await sink.open?.(context());
  return sink;
}

describe('auditFile', () => {
  it('keeps each event in a line, for its owner alone', async () => {
    const folder = join(await temporaryFolder(), 'deep/audit');
    await writeLog(folder, 3, { signingKey: keys.privateKey });
    const modes = ['.', ...(await readdir(folder))].map(async (name) => [
      name,
      ((await stat(join(folder, name))).mode & 0o777).toString(8),
    ]);
    expect(await Promise.all(modes)).toEqual([
      ['.', '700'],
      ['audit-000000000001.jsonl', '600'],
      ['checkpoints.jsonl', '600'],
    ]);
    const [first = ''] = await linesOf(folder);
    expect(JSON.parse(first)).toMatchObject({ seq: 1, action: 'use', prevHash: '0'.repeat(64) });
  });

  it('begins a new segment before one grows too large, named after its first event', async () => {
    const folder = await temporaryFolder();
    await writeLog(folder, 50, { segmentSize: 4096 });
    const segments = await readLog(folder);
    expect(segments.size).toBeGreaterThan(3);
    for (const [name, [first = '']] of segments) {
      expect((await stat(join(folder, name))).size).toBeLessThanOrEqual(4096);
      expect(JSON.parse(first)).toMatchObject({ seq: Number(/\d+/.exec(name)?.[0]) });
    }
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, lines: 50 });
  });

  it('goes on where the last process has stopped', async () => {
    const folder = await temporaryFolder();
    for (const count of [3, 4, 30]) await writeLog(folder, count, { segmentSize: 4096 });
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, lines: 37, lastSeq: 37 });
  });

  it('keeps one file, when it is told to', async () => {
    const path = join(await temporaryFolder(), 'audit.jsonl');
    const recordOne = async (): Promise<void> => {
      const audit = new AuditLog({ sinks: [auditFile({ path, signingKey: keys.privateKey })] });
      await audit.record(entry);
      await audit.close();
    };
    await recordOne();
    await recordOne();
    expect(await verifyAudit(path, { publicKey: keys.publicKey })).toMatchObject({
      ok: true,
      lines: 2,
      checkpoints: { count: 2, vouchedSeq: 2 },
    });
  });

  it('sets half a line aside, reports it, and goes on after the last whole one', async () => {
    const folder = await temporaryFolder();
    await writeLog(folder, 3);
    const path = join(folder, 'audit-000000000001.jsonl');
    await appendFile(path, '{"action":"us');
    const sink = auditFile({ folder });
    const { logger, clock } = context();
    expect(await sink.open?.({ logger, clock })).toMatchObject({ seq: 3 });
    await sink.close?.();
    expect(logger.lines).toEqual(['warn config.audit.torn']);
    expect(await readFile(`${path}.torn`, 'utf8')).toBe('{"action":"us');
    await writeLog(folder, 1);
    expect(await verifyAudit(folder)).toEqual(expect.objectContaining({ ok: true, lines: 4 }));
  });

  it('finds the last event in the segment before one that nothing was written to', async () => {
    const folder = await temporaryFolder();
    await writeLog(folder, 3);
    await writeFile(join(folder, 'audit-000000000004.jsonl'), '{"half');
    expect(await headIn(folder)).toMatchObject({ seq: 3 });
    await writeLog(folder, 1);
    expect([...(await readLog(folder)).values()].map(({ length }) => length)).toEqual([3, 1]);
  });

  it('finds the last event behind half a line of any length', async () => {
    const folder = await temporaryFolder();
    await writeLog(folder, 3);
    await appendFile(join(folder, 'audit-000000000001.jsonl'), Buffer.alloc(300_000));
    expect(await headIn(folder)).toMatchObject({ seq: 3 });
  });

  it('adds nothing to a log whose last event was changed', async () => {
    const folder = await temporaryFolder();
    await writeLog(folder, 3);
    const path = join(folder, 'audit-000000000001.jsonl');
    await writeFile(path, (await readFile(path, 'utf8')).replace('keys[2]', 'keys[9]'));
    const error = await failureOf(openFile({ folder }));
    expect([error.code, error.category]).toEqual(['audit-damaged', 'security']);
    expect(error.message).toContain(
      'audit-000000000001.jsonl is not as it was left: its last line is not an event, or an event that has been changed.',
    );
  });

  it('adds nothing to a log that was cut off, when a checkpoint knows', async () => {
    const folder = await temporaryFolder();
    const signing = { signingKey: keys.privateKey };
    await writeLog(folder, 5, signing);
    const path = join(folder, 'audit-000000000001.jsonl');
    const lines = await linesOf(folder);
    await writeFile(
      path,
      lines
        .slice(0, 3)
        .map((line) => `${line}\n`)
        .join(''),
    );
    expect((await failureOf(openFile({ folder, ...signing }))).message).toContain(
      'the log ends with event 3, and a checkpoint records event 5.',
    );
    await writeFile(
      path,
      lines
        .with(4, rehashed(lines[4] ?? '', { path: 'x' }))
        .map((line) => `${line}\n`)
        .join(''),
    );
    expect((await failureOf(openFile({ folder, ...signing }))).message).toContain(
      'event 5 is not the one that a checkpoint records.',
    );
    await appendFile(join(folder, 'checkpoints.jsonl'), 'nonsense\n');
    expect((await failureOf(openFile({ folder, ...signing }))).message).toContain('its last line is not a checkpoint.');
  });

  it('gives each log an id of its own, which its first event has and its checkpoints name', async () => {
    const logs: unknown[] = [];
    for (let turn = 0; turn < 2; turn++) {
      const folder = await temporaryFolder();
      await writeLog(folder, 2, { signingKey: keys.privateKey });
      await writeLog(folder, 2, { signingKey: keys.privateKey });
      const events = (await linesOf(folder)).map((line) => JSON.parse(line) as AuditEvent);
      const [{ log } = { log: undefined }] = events;
      expect(log).toMatch(/^[\w-]{22}$/);
      expect(events.map((event) => event.log)).toEqual([log, undefined, undefined, undefined]);
      const checkpoints = (await readFile(join(folder, 'checkpoints.jsonl'), 'utf8')).trimEnd().split('\n');
      expect(checkpoints.map((line) => JSON.parse(line) as object)).toEqual([
        expect.objectContaining({ log, instance: 'node-1', seq: 2 }),
        expect.objectContaining({ log, instance: 'node-1', seq: 4 }),
      ]);
      logs.push(log);
    }
    expect(new Set(logs).size).toBe(2);
  });

  it('knows its log by the checkpoints when the oldest segments have been taken away', async () => {
    const folder = await temporaryFolder();
    const signing = { signingKey: keys.privateKey, segmentSize: 4096 };
    await writeLog(folder, 40, signing);
    const [oldest = '', next = ''] = [...(await readLog(folder)).keys()];
    await rm(join(folder, oldest));
    await writeLog(folder, 5, signing);
    const from = Number(/\d+/.exec(next)?.[0]);
    expect(await verifyAudit(folder, { publicKey: keys.publicKey, from })).toMatchObject({
      ok: true,
      lastSeq: 45,
      checkpoints: { count: 2, vouchedSeq: 45 },
    });
  });

  it('adds nothing to a log that lies beside the checkpoints of another one', async () => {
    const [folder, other] = [await temporaryFolder(), await temporaryFolder()];
    const signing = { signingKey: keys.privateKey };
    await writeLog(folder, 2, signing);
    await writeLog(other, 3, signing);
    await copyFile(join(other, 'audit-000000000001.jsonl'), join(folder, 'audit-000000000001.jsonl'));
    const error = await failureOf(openFile({ folder, ...signing }));
    expect([error.code, error.message]).toEqual([
      'audit-damaged',
      expect.stringContaining('its last checkpoint is of another log.'),
    ]);
    expect((await readdir(folder)).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it.each([
    ['one file', (folder: string) => ({ path: join(folder, 'audit.jsonl') })],
    ['a folder', (folder: string) => ({ folder })],
  ])('goes on in a new file when %s was moved away, and the chain goes on', async (_, place) => {
    const folder = await temporaryFolder();
    const sink = await openFile(place(folder));
    const all = events(5);
    await sink.append(all.slice(0, 3));
    const [name = ''] = (await readdir(folder)).filter((each) => each.endsWith('.jsonl'));
    await rename(join(folder, name), join(folder, 'moved'));
    await sink.append(all.slice(3, 4));
    await sink.append(all.slice(4));
    const [next = ''] = (await readdir(folder)).filter((each) => each.endsWith('.jsonl'));
    const text = await readFile(join(folder, 'moved'), 'utf8');
    expect([text, await readFile(join(folder, next), 'utf8')].map((each) => each.trimEnd().split('\n').length)).toEqual(
      [3, 2],
    );
    await sink.close?.();
    await writeFile(join(folder, next), text + (await readFile(join(folder, next), 'utf8')));
    expect(await verifyAudit(join(folder, next), { from: 1 })).toMatchObject({ ok: true, lines: 5 });
  });

  it('goes on in a new file although another one has the name by now', async () => {
    const path = join(await temporaryFolder(), 'audit.jsonl');
    const sink = await openFile({ path });
    const all = events(3);
    await sink.append(all.slice(0, 1));
    await rename(path, `${path}.1`);
    // As logrotate does with "create".
    await writeFile(path, '', { mode: 0o600 });
    await sink.append(all.slice(1));
    await sink.close?.();
    expect(await verifyAudit(path, { from: 2 })).toMatchObject({ ok: true, lines: 2, lastSeq: 3 });
  });

  it('lets one process at a time write a log, names it to the next, and lets that in when it has ended', async () => {
    const folder = await temporaryFolder();
    const first = await openFile({ folder });
    await first.append(events(2));
    const second = auditFile({ folder });
    expect(await caught(async () => second.open?.(context()))).toMatchObject({
      code: 'file-locked',
      message:
        `${folder} is locked: process ${String(process.pid)} on ${hostname()} is writing it.\n` +
        'Wait for that process, or end it. The lock of one that was killed is removed, on another machine after a minute.',
    });
    await first.append(events(3).slice(2));
    await first.close?.();
    expect(await second.open?.(context())).toMatchObject({ seq: 3 });
    await second.close?.();
    expect(await readdir(folder)).toEqual(['audit-000000000001.jsonl']);
  });

  it('writes nothing more when another machine has taken its lock', async () => {
    const folder = await temporaryFolder();
    const sink = await openFile({ folder });
    await rm(join(folder, '.audit.lock'));
    await writeFile(join(folder, '.audit.lock'), '4711-0 0123456789abcdef build-7');
    expect((await failureOf(sink.append(events(1)))).message).toContain(
      `The audit log ${folder} cannot be written: its lock was taken away.`,
    );
    await sink.close?.();
    expect(await readdir(folder)).toEqual(['.audit.lock']);
  });

  it('refuses to write where somebody else writes, or has taken the file away', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'audit-000000000001.jsonl');
    const sink = await openFile({ folder });
    const [first, second, third] = events(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were asked for');
    await sink.append([first]);
    await appendFile(path, 'x');
    const error = await failureOf(sink.append([second]));
    expect(error.code).toBe('audit-not-written');
    expect(error.message).toBe(
      `The audit log ${path} cannot be written: another process has changed it. Give each process its own folder.\n` +
        'Check that there is room on the disk, and that the folder belongs to the user that runs this process.',
    );
    await truncate(path, (await stat(path)).size - 1);
    await sink.append([second]);
    await rm(path);
    expect((await failureOf(sink.append([third]))).message).toContain('cannot be written: it was removed.');
    await sink.close?.();
  });

  it('has an event that comes again only once', async () => {
    const folder = await temporaryFolder();
    const sink = await openFile({ folder });
    const all = events(3);
    await sink.append(all.slice(0, 2));
    await sink.append(all);
    await sink.close?.();
    expect(await verifyAudit(folder)).toMatchObject({ ok: true, lines: 3 });
  });

  it('writes through no link, and to nothing that is no file', async () => {
    const folder = await temporaryFolder({ 'elsewhere.jsonl': '' });
    await symlink(join(folder, 'elsewhere.jsonl'), join(folder, 'link.jsonl'));
    expect((await failureOf(openFile({ path: join(folder, 'link.jsonl') }))).message).toContain('answers ELOOP.');
    expect((await failureOf(openFile({ path: folder }))).message).toContain('answers EISDIR.');
  });

  it('takes a file that others could read for its owner alone', async () => {
    const folder = await temporaryFolder();
    await writeLog(folder, 1);
    const path = join(folder, 'audit-000000000001.jsonl');
    await chmod(path, 0o644);
    await writeLog(folder, 1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('signs a checkpoint after so many events and at the end, and hands it over', async () => {
    const folder = await temporaryFolder();
    const exported: AuditCheckpoint[] = [];
    const sink = await openFile({
      folder,
      signingKey: keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      checkpointEvery: 2,
      exportCheckpoint: (checkpoint) => void exported.push(checkpoint),
    });
    const all = events(5);
    for (const event of all) await sink.append([event]);
    await sink.close?.();
    expect(exported.map(({ seq, hash }) => ({ seq, hash }))).toEqual(
      [1, 3, 4].map((at) => ({ seq: all[at]?.seq, hash: all[at]?.hash })),
    );
    const written = await readFile(join(folder, 'checkpoints.jsonl'), 'utf8');
    expect(written).toBe(exported.map((checkpoint) => `${JSON.stringify(checkpoint)}\n`).join(''));
  });

  it('reports a checkpoint that cannot be exported, and stops nobody', async () => {
    const folder = await temporaryFolder();
    const { logger, clock } = context();
    const sink = auditFile({
      folder,
      signingKey: keys.privateKey,
      checkpointEvery: 1,
      exportCheckpoint: () => Promise.reject(new Error('no answer')),
    });
    await sink.open?.({ logger, clock });
    await sink.append(events(2));
    await sink.close?.();
    expect(logger.lines).toEqual(['error config.audit.checkpoint-failed']);
  });

  it.each(['never', 50] as const)('has every event in the file with fsync %p', async (fsync) => {
    const folder = await temporaryFolder();
    const sink = auditFile({ folder, fsync, signingKey: keys.privateKey, checkpointEvery: 2 });
    const { logger, clock } = context();
    await sink.open?.({ logger, clock });
    await sink.append(events(2));
    clock.advance(50);
    await nextTurn();
    await sink.close?.();
    expect(await verifyAudit(folder, { publicKey: keys.publicKey })).toMatchObject({
      ok: true,
      lines: 2,
      checkpoints: { vouchedSeq: 2 },
    });
    expect([logger.lines, clock.waiting]).toEqual([[], 0]);
  });

  it.each([
    [{ folder: '' }, 'auditFile: folder must be the path of a file or folder; got an empty string.'],
    [{}, 'auditFile: folder must be a folder, or path a file; got nothing.'],
    [{ folder: 'a', path: 'a.jsonl' }, 'auditFile: path goes without a folder: name one of them.'],
    [{ path: 'a.jsonl', segmentSize: 4096 }, 'auditFile: segmentSize goes with a folder, not with a path.'],
    [{ folder: 'a', segmentSize: 100 }, 'auditFile: segmentSize must be a whole number from 4096 on; got 100.'],
    [
      { folder: 'a', fsync: 0 },
      'auditFile: fsync must be one of "batch", "never", or a number of milliseconds above 0; got 0.',
    ],
    [{ folder: 'a', checkpointEvery: 0 }, 'auditFile: checkpointEvery must be a whole number from 1 on; got 0.'],
    [
      { folder: 'a', exportCheckpoint: () => undefined },
      'auditFile: exportCheckpoint goes with a signingKey: there are no checkpoints without one.',
    ],
    [
      { folder: 'a', signingKey: 'secret' },
      'auditFile: signingKey must be a private Ed25519 key, as a KeyObject or in PEM; got a string.',
    ],
    [
      { folder: 'a', signingKey: keys.publicKey },
      'auditFile: signingKey must be a private Ed25519 key, as a KeyObject or in PEM; got an object.',
    ],
  ])('refuses options that cannot be used: %#', (options, message) => {
    // Callers without types can write these.
    expect(() => auditFile(options as AuditFileOptions)).toThrow(new TypeError(message));
  });
});
