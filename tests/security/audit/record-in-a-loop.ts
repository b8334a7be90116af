// Run by killed-recorder.test.ts: records uses of secrets until it is killed, and tells how many are on record.
import { readFileSync } from 'node:fs';
import { auditFile, AuditLog, type AuditEntry } from '../../../src/security/index.js';

/** What each of its events says. */
export const USE: AuditEntry = {
  action: 'use',
  decision: 'allow',
  path: 'payment.key',
  level: 'sealed',
  actor: 'PaymentClient',
};

const [, script = '', folder, keyFile] = process.argv;
if (script.endsWith('record-in-a-loop.js') && folder !== undefined && keyFile !== undefined) {
  const signingKey = readFileSync(keyFile, 'utf8');
  const audit = new AuditLog({
    sinks: [auditFile({ folder, segmentSize: 16_384, signingKey, checkpointEvery: 25 })],
  });
  for (let recorded = 0; ;) {
    const batch = Array.from({ length: 1 + (recorded % 37) }, () => audit.record(USE));
    await Promise.all(batch);
    recorded += batch.length;
    process.stdout.write(`${String(recorded)}\n`);
  }
}
