// Run by hanging-sink.test.ts: records, or closes, with a sink that never answers and nothing else that is alive.
import { AuditLog, type AuditSink } from '../../../src/security/index.js';

/** Milliseconds that it waits for the sink. */
export const PATIENCE = 50;

const [, script = '', step] = process.argv;
if (script.endsWith('hang-in-a-sink.js')) {
  const never = new Promise<never>(() => undefined);
  const hanging: AuditSink = { name: 'hanging', append: () => never, close: () => never };
  const audit = new AuditLog({ sinks: [hanging], timeout: PATIENCE });
  if (step === 'record') await audit.record({ action: 'use' });
  if (step === 'twice') {
    await audit.record({ action: 'use' }).catch(() => undefined);
    await audit.record({ action: 'use' });
  }
  audit.enqueue({ action: 'use' });
  await audit.close();
  process.stdout.write('closed\n');
}
