import { CATEGORIES, type ConfigErrorCode, type ErrorCategory } from './codes.js';
import type { ConfigIssue } from './config-issue.js';
import { formatIssue } from './config-issue.js';

/** What {@link ConfigError} is made from. */
export interface ConfigErrorOptions {
  readonly code: ConfigErrorCode;
  /** That of the code when absent, and `source` for a code of your own. */
  readonly category?: ErrorCategory;
  /** The first line; ends with a full stop. */
  readonly message: string;
  readonly issues?: readonly ConfigIssue[];
  /** The fix, one or two sentences. */
  readonly recovery?: string;
  readonly cause?: unknown;
}

const BY_CODE: Readonly<Partial<Record<string, ErrorCategory>>> = CATEGORIES;

const BRAND = Symbol.for('uno-config.ConfigError');

/**
 * Every failure of configuration data: stable `code`, `category`, all `issues` at once, and the fix. Never holds a
 * secret. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * try {
 *   await loadSettings(HttpSettings, { sources });
 * } catch (error) {
 *   if (ConfigError.is(error)) for (const issue of error.issues) report(issue.path, issue.message);
 *   throw error;
 * }
 * ```
 */
export class ConfigError extends Error {
  public override readonly name = 'ConfigError';
  public readonly code: ConfigErrorCode;
  public readonly category: ErrorCategory;
  public readonly issues: readonly ConfigIssue[];
  /** The fix, or an empty string. */
  public readonly recovery: string;
  protected readonly [BRAND] = true;

  public constructor(options: ConfigErrorOptions) {
    const { code, category = BY_CODE[code] ?? 'source', issues = [], recovery = '' } = options;
    super(errorText(options.message, issues, recovery), options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.category = category;
    this.issues = Object.freeze([...issues]);
    this.recovery = recovery;
  }

  /** True for a ConfigError of this or any other copy of the package. */
  public static is(error: unknown): error is ConfigError {
    return typeof error === 'object' && error !== null && BRAND in error;
  }
}

function errorText(message: string, issues: readonly ConfigIssue[], recovery: string): string {
  const lines = issues.map((issue) => `\n  - ${formatIssue(issue)}`).join('');
  return `${message}${lines}${recovery === '' ? '' : `\n${recovery}`}`;
}
