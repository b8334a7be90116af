import { ConfigError, kindOfThrown, systemCode } from '../../core/index.js';

export function auditFailed(why: string, cause?: unknown): ConfigError {
  return new ConfigError({
    code: 'audit-failed',
    message: `What must be on record could not be recorded: ${why.charAt(0).toLowerCase()}${why.slice(1)}`,
    recovery: 'Repair the audit log; the log of the service shows since when it fails. The secret was not given out.',
    // What others throw is printed with its message where an error is logged whole.
    ...(ConfigError.is(cause) && { cause }),
  });
}

export function sinkFailed(sink: string, cause: unknown): ConfigError {
  return auditFailed(`the audit sink ${sink} fails: ${failureText(cause)}`, cause);
}

export function notWritten(path: string, why: unknown): ConfigError {
  if (ConfigError.is(why)) return why;
  return new ConfigError({
    code: 'audit-not-written',
    message: `The audit log ${path} cannot be written: ${typeof why === 'string' ? why : failureText(why)}`,
    recovery: 'Check that there is room on the disk, and that the folder belongs to the user that runs this process.',
    ...(typeof why !== 'string' && { cause: why }),
  });
}

export function damaged(path: string, why: string): ConfigError {
  return new ConfigError({
    code: 'audit-damaged',
    message: `The audit log ${path} is not as it was left: ${why}`,
    recovery:
      'Run "uno-config audit verify" on it, keep it for the investigation, and give auditFile(…) another folder.',
  });
}

/** Why something failed, as a sentence. Other people's messages may quote anything, so only their kind is told. */
export function failureText(error: unknown): string {
  if (ConfigError.is(error)) return error.message.split('\n', 1).join('');
  const code = systemCode(error);
  if (code !== '') return `the operating system answers ${code}.`;
  return `it threw ${kindOfThrown(error)}.`;
}
