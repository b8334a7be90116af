import { ConfigError, type ConfigIssue } from '../../core/index.js';

/** One error for all sources that failed: the error itself when it is the only one. */
export function joinFailures(failures: readonly ConfigError[]): ConfigError | undefined {
  const [first] = failures;
  if (failures.length < 2) return first;
  const issues = failures.flatMap((error): readonly ConfigIssue[] =>
    error.issues.length > 0 ? error.issues : [issueOf(error)],
  );
  const message = `${String(failures.length)} sources could not be read.`;
  return new ConfigError({ code: 'sources-failed', category: first?.category ?? 'source', message, issues });
}

function issueOf({ code, message, recovery }: ConfigError): ConfigIssue {
  if (recovery === '') return { code, path: [], message };
  // The recovery is the end of the message; as a hint it is set off like every other one.
  return { code, path: [], message: message.slice(0, -recovery.length).trimEnd(), hint: recovery };
}
