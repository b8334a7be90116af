import { ConfigError } from '../../core/index.js';
import { failureText } from './failure-text.js';

/** A file of the log that cannot be written, and why: a sentence, or what was thrown. */
export function notWritten(path: string, why: unknown): ConfigError {
  if (ConfigError.is(why)) return why;
  return new ConfigError({
    code: 'audit-not-written',
    category: 'security',
    message: `The audit log ${path} cannot be written: ${typeof why === 'string' ? why : failureText(why)}`,
    recovery: 'Check that there is room on the disk, and that the folder belongs to the user that runs this process.',
    ...(typeof why !== 'string' && { cause: why }),
  });
}

/** A log that does not end as it was left, so that nothing may be added to it. */
export function damaged(path: string, why: string): ConfigError {
  return new ConfigError({
    code: 'audit-damaged',
    category: 'security',
    message: `The audit log ${path} is not as it was left: ${why}`,
    recovery:
      'Run "uno-config audit verify" on it, keep it for whoever looks into it, and give auditFile(…) another folder.',
  });
}
