import { generateKeyPairSync } from 'node:crypto';
import { appendFile, copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import { auditFile, AuditLog, verifyAudit } from '../../../src/security/index.js';
import { failureOf, temporaryFolder } from '../../sources/file-fixtures.js';
import { keys, linesOf, rehashed, replaceLines, writeLog } from './audit-folder.js';

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
    [{ from: 0 }, 'from: must be a whole number, at least 1.'],
    [{ publicKey: 'no key' }, 'publicKey: must be a public Ed25519 key, as a KeyObject or in PEM.'],
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
