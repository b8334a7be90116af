import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { appendFile, copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { auditFile, AuditLog, verifyAudit, type AuditEvent } from '../../../src/security/index.js';
import { parseCheckpoint, signCheckpoint } from '../../../src/security/audit/audit-checkpoint.js';
import { eventLine } from '../../../src/security/audit/audit-record.js';
import { failureOf, temporaryFolder } from '../../sources/file-fixtures.js';
import { keys, linesOf, readLog, rehashed, replaceLines, writeLog } from './audit-folder.js';

const COUNT = 40;
const signed = { segmentSize: 4096, signingKey: keys.privateKey, checkpointEvery: 10 };
const publicKey = keys.publicKey;

/** A log of forty events in several segments, with checkpoints up to its end. */
async function someLog(count = COUNT): Promise<string> {
  const folder = await temporaryFolder();
  await writeLog(folder, count, signed);
  return folder;
}

/** What is found when the lines of a log are these. */
async function findings(folder: string, lines: readonly string[]) {
  await replaceLines(folder, lines);
  const report = await verifyAudit(folder, { publicKey });
  return report.findings.map(({ kind, index, seq, count, other }) => ({ kind, index, seq, count, other }));
}

function without<T>(list: readonly T[], at: number, count = 1): T[] {
  return list.toSpliced(at, count);
}

/** The checkpoints of a file as somebody would sign them to fit other events. */
async function resigned(file: string, events: readonly AuditEvent[], key: KeyObject): Promise<string> {
  const checkpoints = (await readFile(file, 'utf8')).trimEnd().split('\n').map(parseCheckpoint);
  const made = checkpoints.map((checkpoint) => {
    if (checkpoint === undefined) throw new Error('a line is no checkpoint');
    const hash = events.find(({ seq }) => seq === checkpoint.seq)?.hash ?? checkpoint.hash;
    return signCheckpoint({ ...checkpoint, hash }, 0, key);
  });
  return made.map((checkpoint) => `${JSON.stringify(checkpoint)}\n`).join('');
}

describe('verifyAudit', () => {
  it('finds nothing in a log as it was written', async () => {
    const folder = await someLog();
    expect((await readdir(folder)).filter((name) => name.startsWith('audit-')).length).toBeGreaterThan(2);
    expect(await verifyAudit(folder, { publicKey })).toEqual({
      ok: true,
      lines: COUNT,
      lastSeq: COUNT,
      findings: [],
      findingCount: 0,
      checkpoints: { count: 1, signed: true, vouchedSeq: COUNT },
    });
  });

  it('names the file and the line of what it finds', async () => {
    const folder = await someLog();
    const lines = await linesOf(folder);
    await replaceLines(folder, lines.with(20, lines[20]?.replace('PaymentClient', 'Nobody') ?? ''));
    const { findings: found } = await verifyAudit(folder);
    const [{ file, line } = { file: '', line: 0 }] = found;
    expect((await readFile(file, 'utf8')).split('\n')[line - 1]).toContain('Nobody');
  });

  it('finds a change at a random place', async () => {
    const folder = await someLog();
    const lines = await linesOf(folder);
    const place = fc.integer({ min: 0, max: COUNT - 2 });
    const kind = fc.constantFrom('edited', 'inserted', 'deleted', 'swapped', 'truncated');
    const changes = {
      edited: (at: number) => lines.with(at, lines[at]?.replace('PaymentClient', 'Nobody') ?? ''),
      inserted: (at: number) => lines.toSpliced(at, 0, 'nonsense'),
      deleted: (at: number) => without(lines, at),
      swapped: (at: number) => lines.with(at, lines[at + 1] ?? '').with(at + 1, lines[at] ?? ''),
      truncated: (at: number) => lines.slice(0, at),
    };
    const property = fc.asyncProperty(kind, place, async (name, at) => {
      // One of the keys it was chosen from.
      const change = changes[name];
      expect(await findings(folder, change(at))).toMatchObject([{ kind: name, index: at, seq: at + 1 }]);
    });
    await fc.assert(property);
  });

  it('finds a swap of events that are far from each other', async () => {
    const folder = await temporaryFolder();
    await writeLog(folder, 1000);
    const lines = await linesOf(folder);
    const changed = lines.with(3, lines[900] ?? '').with(900, lines[3] ?? '');
    expect(await findings(folder, changed)).toEqual([{ kind: 'swapped', index: 3, seq: 4, count: 1, other: 900 }]);
  });

  it('finds an event whose place a copy of another one has taken', async () => {
    const folder = await someLog();
    const lines = await linesOf(folder);
    for (const from of [2, 30]) {
      expect(await findings(folder, lines.with(15, lines[from] ?? ''))).toEqual([
        { kind: 'edited', index: 15, seq: 16, count: 1, other: undefined },
      ]);
    }
  });

  it('finds an event that was moved', async () => {
    const folder = await someLog();
    const lines = await linesOf(folder);
    const moved = without(lines, 5).toSpliced(20, 0, lines[5] ?? '');
    expect(await findings(folder, moved)).toEqual([
      expect.objectContaining({ kind: 'deleted', index: 5, seq: 6 }),
      expect.objectContaining({ kind: 'inserted', index: 20 }),
    ]);
  });

  it('finds several changes', async () => {
    const folder = await someLog();
    const lines = await linesOf(folder);
    const changed = without(lines.with(30, 'nonsense').toSpliced(20, 0, 'more', 'nonsense'), 10, 3);
    expect((await findings(folder, changed)).map(({ kind, index, count }) => [kind, index, count])).toEqual([
      ['deleted', 10, 3],
      ['inserted', 17, 2],
      ['edited', 29, 1],
    ]);
  });

  it('finds a byte that is read as the same text', async () => {
    const folder = await temporaryFolder();
    const audit = new AuditLog({ sinks: [auditFile({ folder })] });
    for (const actor of ['a', '\ufffd', 'c']) await audit.record({ action: 'use', actor });
    await audit.close();
    const path = join(folder, 'audit-000000000001.jsonl');
    const bytes = await readFile(path);
    const mark = bytes.indexOf('\ufffd');
    await writeFile(path, Buffer.concat([bytes.subarray(0, mark), Buffer.of(0xff), bytes.subarray(mark + 3)]));
    expect((await verifyAudit(folder)).findings).toMatchObject([{ kind: 'edited', index: 1 }]);
  });

  it('finds an event that is only written in another way', async () => {
    const folder = await temporaryFolder();
    await writeLog(folder, 3);
    const lines = await linesOf(folder);
    for (const [from, to] of [
      ['{"action"', '{ "action"'],
      ['{"action"', '{"path":"other","action"'],
      ['PaymentClient', '\\u0050aymentClient'],
    ] as const) {
      expect(await findings(folder, lines.with(1, lines[1]?.replace(from, to) ?? ''))).toMatchObject([
        { kind: 'edited', index: 1 },
      ]);
    }
  });

  it('finds that all hashes from an event on were made anew, up to the next checkpoint', async () => {
    const folder = await temporaryFolder();
    await writeLog(folder, 10, signed);
    await writeLog(folder, 10, signed);
    const lines = await linesOf(folder);
    const forged: string[] = [];
    for (const [at, line] of lines.entries()) {
      const before = forged.at(-1);
      // Lines of our own making.
      const { hash = '' } = before === undefined ? {} : (JSON.parse(before) as { hash: string });
      forged.push(at < 13 ? line : rehashed(line, { prevHash: hash, ...(at === 13 && { actor: 'Nobody' }) }));
    }
    expect(await findings(folder, forged)).toEqual([
      { kind: 'rewritten', index: 10, seq: 11, count: 10, other: undefined },
    ]);
    await rm(join(folder, 'checkpoints.jsonl'));
    expect((await verifyAudit(folder, { publicKey })).ok).toBe(true);
  });

  it('reports half a line at the end, and takes it for no change', async () => {
    const folder = await someLog();
    const file = join(folder, (await readdir(folder)).filter((name) => name.startsWith('audit-')).at(-1) ?? '');
    await appendFile(file, '{"action":"us');
    expect(await verifyAudit(folder, { publicKey })).toMatchObject({ ok: true, torn: { file, bytes: 13 } });
  });

  it('takes half a line at the end for a truncation when a checkpoint knows the event', async () => {
    const folder = await someLog();
    const file = join(folder, (await readdir(folder)).filter((name) => name.startsWith('audit-')).at(-1) ?? '');
    await writeFile(file, (await readFile(file)).subarray(0, -1));
    expect(await verifyAudit(folder, { publicKey })).toMatchObject({
      ok: false,
      findings: [{ kind: 'truncated', index: COUNT - 1, count: 1 }],
      torn: { file },
    });
  });

  it('finds a segment that is missing', async () => {
    const folder = await someLog();
    const names = (await readdir(folder)).filter((name) => name.startsWith('audit-')).sort();
    await rm(join(folder, names[1] ?? ''));
    const { findings: found } = await verifyAudit(folder);
    expect(found).toMatchObject([{ kind: 'deleted', file: join(folder, names[2] ?? ''), line: 1 }]);
  });

  it('takes checkpoints from where they were exported to', async () => {
    const folder = await someLog();
    const exported = join(await temporaryFolder(), 'exported.jsonl');
    await copyFile(join(folder, 'checkpoints.jsonl'), exported);
    await rm(join(folder, 'checkpoints.jsonl'));
    await replaceLines(folder, (await linesOf(folder)).slice(0, 35));
    expect(await verifyAudit(folder, { publicKey })).toMatchObject({ ok: true, checkpoints: { vouchedSeq: 0 } });
    const { findings: found } = await verifyAudit(folder, { publicKey, checkpointFiles: [exported] });
    expect(found).toMatchObject([{ kind: 'truncated', index: 35, count: 5 }]);
  });

  describe('with checkpoints that were exported', () => {
    /** A log with a checkpoint after every ten events, and where these were exported to. */
    async function anchored(): Promise<{ readonly folder: string; readonly exported: string }> {
      const folder = await temporaryFolder();
      for (let part = 0; part < 4; part++) await writeLog(folder, 10, signed);
      const exported = join(await temporaryFolder(), 'exported.jsonl');
      await copyFile(join(folder, 'checkpoints.jsonl'), exported);
      return { folder, exported };
    }

    async function kinds(folder: string, exported: string, options: { publicKey?: KeyObject } = { publicKey }) {
      const { ok, findings: found } = await verifyAudit(folder, { ...options, checkpointFiles: [exported] });
      expect(ok).toBe(found.length === 0);
      return found.map(({ kind, seq, count }) => [kind, seq, count]);
    }

    async function cutTo(folder: string, events: number, checkpoints: number): Promise<void> {
      const path = join(folder, 'checkpoints.jsonl');
      const lines = (await readFile(path, 'utf8')).split('\n').slice(0, checkpoints);
      await writeFile(path, lines.map((line) => `${line}\n`).join(''));
      let left = events;
      for (const [name, segment] of await readLog(folder)) {
        const part = segment.slice(0, left);
        left -= part.length;
        if (part.length === 0) await rm(join(folder, name));
        else await writeFile(join(folder, name), part.map((line) => `${line}\n`).join(''));
      }
    }

    /** The log with all hashes from an event on made anew. */
    async function rewrite(folder: string, from: number): Promise<AuditEvent[]> {
      const forged: AuditEvent[] = [];
      const lines = await linesOf(folder);
      for (const [at, line] of lines.entries()) {
        const change = { prevHash: forged.at(-1)?.hash ?? '0'.repeat(64), ...(at === from && { actor: 'Nobody' }) };
        forged.push(JSON.parse(at < from ? line : rehashed(line, change)) as AuditEvent);
      }
      await replaceLines(
        folder,
        forged.map((event) => eventLine(event).toString('utf8').trimEnd()),
      );
      return forged;
    }

    it('finds nothing in a log that has gone on', async () => {
      const { folder, exported } = await anchored();
      await writeLog(folder, 5, signed);
      await rm(join(folder, 'checkpoints.jsonl'));
      expect(await verifyAudit(folder, { publicKey, checkpointFiles: [exported] })).toMatchObject({
        ok: true,
        lastSeq: 45,
        checkpoints: { count: 4, signed: true, vouchedSeq: 40 },
      });
    });

    it('finds that a log was deleted and written anew', async () => {
      const { folder, exported } = await anchored();
      await rm(folder, { recursive: true });
      await writeLog(folder, 60, signed);
      const { findings: found, checkpoints } = await verifyAudit(folder, { publicKey, checkpointFiles: [exported] });
      expect(checkpoints.vouchedSeq).toBe(0);
      expect(found).toEqual([
        { kind: 'other-log', index: 0, seq: 40, count: 4, instance: 'node-1', file: exported, line: 1 },
      ]);
    });

    it('finds that a log was deleted and none begun', async () => {
      const { folder, exported } = await anchored();
      await rm(folder, { recursive: true });
      await mkdir(folder);
      expect(await kinds(folder, exported)).toEqual([['truncated', 1, 40]]);
    });

    it('vouches for no event behind the first that is not as it was written', async () => {
      const { folder, exported } = await anchored();
      const whole = await linesOf(folder);
      const vouched = async (): Promise<readonly [boolean, number]> => {
        const { ok, checkpoints } = await verifyAudit(folder, { publicKey, checkpointFiles: [exported] });
        return [ok, checkpoints.vouchedSeq];
      };
      const { seq } = JSON.parse((await readFile(exported, 'utf8')).split('\n')[0] ?? '') as AuditEvent;
      await replaceLines(folder, whole.slice(0, seq + 1));
      expect(await vouched()).toEqual([false, seq]);
      await replaceLines(folder, whole.slice(0, seq - 1));
      expect(await vouched()).toEqual([false, 0]);
      await replaceLines(folder, whole);
      await rewrite(folder, seq + 1);
      expect(await vouched()).toEqual([false, seq]);
    });

    it("finds that a log was exchanged for another process's, with the checkpoints of that or its own", async () => {
      const [{ folder, exported }, other] = [await anchored(), await anchored()];
      await rm(folder, { recursive: true });
      await cp(other.folder, folder, { recursive: true });
      expect(await kinds(folder, exported)).toEqual([['other-log', 40, 4]]);
      await copyFile(exported, join(folder, 'checkpoints.jsonl'));
      expect(await kinds(folder, exported)).toEqual([['other-log', 40, 8]]);
    });

    it('finds that the first event was made to name the log that is wanted', async () => {
      const [{ folder, exported }, other] = [await anchored(), await anchored()];
      const [{ log } = { log: '' }] = (await linesOf(folder)).map((line) => JSON.parse(line) as AuditEvent);
      const forged: AuditEvent[] = [];
      for (const [at, line] of (await linesOf(other.folder)).entries()) {
        const change = { prevHash: forged.at(-1)?.hash ?? '0'.repeat(64), ...(at === 0 && { log, actor: 'Nobody' }) };
        forged.push(JSON.parse(rehashed(line, change)) as AuditEvent);
      }
      await rm(folder, { recursive: true });
      await mkdir(folder);
      const text = forged.map((event) => eventLine(event).toString('utf8')).join('');
      await writeFile(join(folder, 'audit-000000000001.jsonl'), text);
      expect(await kinds(folder, exported)).toEqual([
        ['rewritten', 1, 10],
        ['rewritten', 11, 10],
        ['rewritten', 21, 10],
        ['rewritten', 31, 10],
      ]);
    });

    it('finds that a log was cut back and continued, behind what it had reached or not', async () => {
      const { folder, exported } = await anchored();
      await cutTo(folder, 25, 2);
      await writeLog(folder, 15, signed);
      expect(await kinds(folder, exported)).toEqual([
        ['conflicting-checkpoint', 40, 1],
        ['rewritten', 21, 10],
        ['rewritten', 31, 10],
      ]);
      await cutTo(folder, 22, 2);
      await writeLog(folder, 6, signed);
      expect(await kinds(folder, exported)).toEqual([['truncated', 29, 12]]);
    });

    it('finds that a log was rewritten with local checkpoints that were forged', async () => {
      const { folder, exported } = await anchored();
      const forged = await rewrite(folder, 24);
      // By somebody without the key, who at least makes the checkpoints fit.
      const other = generateKeyPairSync('ed25519').privateKey;
      await writeFile(join(folder, 'checkpoints.jsonl'), await resigned(exported, forged, other));
      expect(await kinds(folder, exported)).toEqual([
        ...[10, 20, 30, 40].map((seq) => ['forged-checkpoint', seq, 1]),
        ['rewritten', 21, 10],
        ['rewritten', 31, 10],
      ]);
      expect(await kinds(folder, exported, {})).toEqual([
        ['conflicting-checkpoint', 30, 1],
        ['conflicting-checkpoint', 40, 1],
        ['rewritten', 21, 10],
        ['rewritten', 31, 10],
      ]);
    });

    it('finds that a log was rewritten by somebody who has the key', async () => {
      const { folder, exported } = await anchored();
      const forged = await rewrite(folder, 24);
      await writeFile(join(folder, 'checkpoints.jsonl'), await resigned(exported, forged, keys.privateKey));
      expect(await verifyAudit(folder, { publicKey })).toMatchObject({ ok: true });
      expect(await kinds(folder, exported)).toEqual([
        ['conflicting-checkpoint', 30, 1],
        ['conflicting-checkpoint', 40, 1],
        ['rewritten', 21, 10],
        ['rewritten', 31, 10],
      ]);
    });

    it('finds two that were exported and disagree, and believes the first', async () => {
      const { folder, exported } = await anchored();
      const checkpoints = await readFile(exported, 'utf8');
      const forged = await rewrite(folder, 35);
      await writeFile(exported, checkpoints + (await resigned(exported, forged, keys.privateKey)));
      expect(await kinds(folder, exported)).toEqual([
        ['conflicting-checkpoint', 40, 1],
        ['rewritten', 31, 10],
      ]);
    });

    it('names what it finds in a log that it cannot tell by its first event', async () => {
      const { folder, exported } = await anchored();
      const [oldest = '', next = ''] = [...(await readLog(folder)).keys()];
      await rm(join(folder, oldest));
      const from = Number(/\d+/.exec(next)?.[0]);
      const options = { publicKey, from, checkpointFiles: [exported] };
      expect(await verifyAudit(folder, options)).toMatchObject({ ok: true, checkpoints: { vouchedSeq: 40 } });
      const other = await anchored();
      await copyFile(join(other.folder, 'checkpoints.jsonl'), join(folder, 'checkpoints.jsonl'));
      expect((await verifyAudit(folder, options)).findings).toMatchObject([{ kind: 'other-log', count: 4 }]);
    });
  });

  it('lets what is not signed vouch for nothing', async () => {
    const folder = await someLog();
    expect(await verifyAudit(folder)).toMatchObject({
      ok: true,
      checkpoints: { count: 1, signed: false, vouchedSeq: 0 },
    });
  });

  it('finds a checkpoint that the key has not signed, and does not trust it', async () => {
    const folder = await someLog();
    const other = generateKeyPairSync('ed25519').publicKey;
    expect(await verifyAudit(folder, { publicKey: other })).toMatchObject({
      ok: false,
      findings: [{ kind: 'forged-checkpoint', index: 0, seq: COUNT, file: join(folder, 'checkpoints.jsonl'), line: 1 }],
      checkpoints: { count: 0 },
    });
  });

  it('begins where it is told to, when the oldest segments have been taken away', async () => {
    const folder = await someLog();
    const [oldest = '', next = ''] = (await readdir(folder)).filter((name) => name.startsWith('audit-')).sort();
    await rm(join(folder, oldest));
    const from = Number(/\d+/.exec(next)?.[0]);
    expect((await verifyAudit(folder, { publicKey })).findings).toMatchObject([{ kind: 'deleted', index: 0 }]);
    expect(await verifyAudit(folder, { publicKey, from })).toMatchObject({ ok: true, lastSeq: COUNT });
    expect(await verifyAudit(join(folder, next))).toMatchObject({ ok: true });
  });

  it.each([
    [{ from: 0 }, 'verifyAudit: from must be a whole number from 1 on; got 0.'],
    [
      { publicKey: 'no key' },
      'verifyAudit: publicKey must be a public Ed25519 key, as a KeyObject or in PEM; got a string.',
    ],
  ])('refuses options that cannot be used: %#', async (options, message) => {
    await expect(verifyAudit('audit', options)).rejects.toThrow(new TypeError(message));
  });

  it('refuses what is no log', async () => {
    const folder = await temporaryFolder();
    const none = await failureOf(verifyAudit(folder));
    expect([none.code, none.message]).toEqual([
      'audit-unreadable',
      expect.stringContaining('cannot be read: there is no segment in it, such as audit-000000000001.jsonl.'),
    ]);
    const absent = await failureOf(verifyAudit(join(folder, 'absent')));
    expect(absent.message).toContain('The audit log absent cannot be read: the operating system answers ENOENT.');
  });

  it('stops when it is told to', async () => {
    const folder = await someLog();
    await expect(verifyAudit(folder, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});
