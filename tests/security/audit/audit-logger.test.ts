import { describe, expect, it } from '@jest/globals';
import type { LogRecord } from '../../../src/core/index.js';
import { AuditLog, auditLogger } from '../../../src/security/index.js';
import { failureOf } from '../../sources/file-fixtures.js';

describe('auditLogger', () => {
  it('writes each event as a record, what was denied as a warning', async () => {
    const records: LogRecord[] = [];
    const audit = new AuditLog({ sinks: [auditLogger({ log: (record) => void records.push(record) })], instance: 'a' });
    await audit.record({ action: 'use', path: 'payment.key', actor: 'Client', principal: 'jobs', decision: 'allow' });
    await audit.record({ action: 'list', decision: 'deny' });
    await audit.record({ action: 'audit.dropped', count: 3 });
    expect(records.map(({ level, event, message }) => `${level} ${event} ${message}`)).toEqual([
      'info config.audit use payment.key by Client for jobs: allow.',
      'warn config.audit list: deny.',
      'info config.audit audit.dropped 3.',
    ]);
    expect(records[0]?.fields).toMatchObject({ seq: 1, path: 'payment.key', instance: 'a' });
  });

  it('fails when the logger does, and writes nothing twice', async () => {
    const paths: unknown[] = [];
    let broken = false;
    const audit = new AuditLog({
      sinks: [
        auditLogger({
          log: ({ fields }) => {
            if (broken && fields['path'] === 'b') throw new Error('full');
            paths.push(fields['path']);
          },
        }),
      ],
    });
    const record = (path: string) => audit.record({ action: 'use', path });
    await record('start');
    broken = true;
    const failed = await Promise.all([record('a'), record('b')].map((work) => failureOf(work)));
    expect(failed.map(({ code }) => code)).toEqual(['audit-failed', 'audit-failed']);
    broken = false;
    await record('c');
    expect(paths).toEqual(['start', 'a', 'b', 'c']);
  });
});
