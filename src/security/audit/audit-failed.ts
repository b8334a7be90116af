import { ConfigError } from '../../core/index.js';
import { failureText } from './failure-text.js';

/** A use that must be on record, and is not. */
export function auditFailed(why: string, cause?: unknown): ConfigError {
  return new ConfigError({
    code: 'audit-failed',
    category: 'security',
    message: `What must be on record could not be recorded: ${why}`,
    recovery: 'Repair the audit log; the log of the service says since when it fails. Nothing was handed out.',
    cause,
  });
}

/** The same, because a sink has failed. */
export function sinkFailed(sink: string, cause: unknown): ConfigError {
  return auditFailed(`the audit sink ${sink} fails: ${failureText(cause)}`, cause);
}
