import type { ConfigError, ConfigIssue, ConfigOrigin, Environment } from '../core/index.js';
import { formatPath } from '../core/index.js';

/** One finding as data; every key is always there. */
export interface ReportedIssue {
  readonly code: string;
  /** Dotted; empty for a finding about the whole. */
  readonly path: string;
  readonly message: string;
  readonly hint: string | null;
  readonly origin: ConfigOrigin | null;
  /** The places of further values that it is about. */
  readonly related: readonly ConfigOrigin[];
}

export interface EnvironmentReport {
  readonly environment: Environment;
  readonly ok: boolean;
  readonly issues: readonly ReportedIssue[];
}

/** The findings of an error; one that lists none is a finding itself. */
export function reportedIssues(error: ConfigError): readonly ReportedIssue[] {
  if (error.issues.length > 0) return error.issues.map(reportedIssue);
  const [message = error.code] = error.message.split('\n');
  const hint = error.recovery === '' ? null : error.recovery;
  return [{ code: error.code, path: '', message, hint, origin: null, related: [] }];
}

function reportedIssue({ code, path, message, hint, origin, related }: ConfigIssue): ReportedIssue {
  return { code, path: formatPath(path), message, hint: hint ?? null, origin: origin ?? null, related: related ?? [] };
}
