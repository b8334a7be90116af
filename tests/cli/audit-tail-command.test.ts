import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { auditFile, AuditLog } from '../../src/security/index.js';
import { linesOf, writeLog } from '../security/audit/audit-folder.js';
import { FakeClock } from '../runtime/fake-clock.js';
import { temporaryFolder } from '../sources/file-fixtures.js';
import { run } from './fake-io.js';

const TIME = '2023-11-14T22:13:20.000Z';

let folder: string;
let log: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  log = join(folder, 'audit');
});

const lineOf = (seq: number) => `${TIME} #${String(seq)} allow use payment.keys[${String(seq - 1)}] by PaymentClient\n`;

describe('uno-config audit tail', () => {
  it('prints the last ten events, over several segments', async () => {
    await writeLog(log, 30, { segmentSize: 4096 });
    expect(await run(folder, ['audit', 'tail', 'audit'])).toMatchObject({
      code: 0,
      error: '',
      out: Array.from({ length: 10 }, (_, at) => lineOf(at + 21)).join(''),
    });
  });

  it('prints as many as it is asked for, if there are', async () => {
    await writeLog(log, 5);
    expect((await run(folder, ['audit', 'tail', 'audit', '-n', '2'])).out).toBe(lineOf(4) + lineOf(5));
    expect((await run(folder, ['audit', 'tail', 'audit', '-n', '0'])).out).toBe('');
    expect((await run(folder, ['audit', 'tail', 'audit', '-n', '99'])).out.split('\n')).toHaveLength(6);
  });

  it('prints the lines as they stand in the log', async () => {
    await writeLog(log, 3);
    const lines = await linesOf(log);
    const { out } = await run(folder, ['audit', 'tail', 'audit', '--json']);
    expect(out).toBe(lines.map((line) => `${line}\n`).join(''));
  });

  it('says all that an event says, and what is no event, without moving the cursor', async () => {
    const audit = new AuditLog({ sinks: [auditFile({ folder: log })], clock: new FakeClock() });
    await audit.record({
      action: 'use',
      decision: 'deny',
      path: 'payment.key',
      actor: 'Client\u001b[2J',
      principal: 'jobs',
      level: 'sealed',
      rule: 'only payments',
      kid: 'orders/1',
      traceId: 'f00',
    });
    await audit.close();
    await appendFile(join(log, 'audit-000000000001.jsonl'), '\u001bnonsense\n');
    const { out } = await run(folder, ['audit', 'tail', 'audit'], undefined, true);
    expect(out).toBe(
      `${TIME} #1 \u001b[31mdeny\u001b[39m use payment.key by Client?[2J for jobs level sealed rule only payments key orders/1 trace f00\n` +
        'no event: ?nonsense\n',
    );
  });

  it('goes on with what is added, in this segment and the next', async () => {
    await writeLog(log, 3, { segmentSize: 4096 });
    const { code, out } = await run(
      folder,
      ['audit', 'tail', 'audit', '-n', '1', '-f'],
      undefined,
      false,
      async (nextWrite) => {
        const first = nextWrite();
        await writeLog(log, 1, { segmentSize: 4096 });
        await first;
        const second = nextWrite();
        await writeLog(log, 30, { segmentSize: 4096 });
        await second;
      },
    );
    expect(code).toBe(0);
    const wanted = [lineOf(3), ...[1, ...Array.from({ length: 30 }, (_, at) => at + 1)].map((at) => lineOf(at))];
    expect(out.replaceAll(/#\d+/g, '')).toBe(wanted.join('').replaceAll(/#\d+/g, ''));
    expect([...out.matchAll(/#(\d+)/g)].map(([, seq]) => Number(seq))).toEqual(
      Array.from({ length: 32 }, (_, at) => at + 3),
    );
  });

  it.each([
    [['absent'], 'The audit log absent cannot be read: the operating system answers ENOENT.\n'],
    [['audit', '-n', 'x'], '--number cannot be "x".\nWrite a whole number, at least 0.\n'],
  ])('refuses %j', async (words, error) => {
    const outcome = await run(folder, ['audit', 'tail', ...words]);
    expect([outcome.code, outcome.out]).toEqual([2, '']);
    expect(outcome.error).toContain(`uno-config: ${error}`);
  });
});
