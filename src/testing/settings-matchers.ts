import { ConfigError, type ConfigIssue, formatPath, type IssueCode } from '../core/index.js';
import type { SectionClass } from '../sections/index.js';
import { testSettings } from './test-settings.js';

/** What a matcher answers to Jest and Vitest. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The matchers, as `expect` has them; `R` is what they answer there. */
export interface SettingsMatchers<R = unknown> {
  /** The values, below the section's own path, are valid settings of a class in the environment `test`, or the one named. */
  toBeValidSettings(target: SectionClass, options?: { readonly environment?: string }): Promise<R>;
  /** A `ConfigError` that has an issue at a dotted path, of a code where one is named. */
  toHaveIssue(path: string, code?: IssueCode): R;
}

/**
 * Matchers for Jest and Vitest: `expect.extend(settingsMatchers)`. `toBeValidSettings` loads values and awaits the verdict;
 * `toHaveIssue` looks into a `ConfigError`, also behind `rejects`. Subpath: `uno-config/testing`.
 *
 * @example
 * ```ts
 * const { pass } = await settingsMatchers.toBeValidSettings({ port: 1 }, DatabaseSettings);
 * ```
 */
export const settingsMatchers = Object.freeze({
  async toBeValidSettings(
    values: unknown,
    target: SectionClass,
    options: { readonly environment?: string } = {},
  ): Promise<MatcherResult> {
    if (typeof values !== 'object' || values === null) return verdict(false, () => 'expected a map of settings');
    try {
      await testSettings(target, { ...values }, options);
      return verdict(true, () => `expected values that are not valid as ${target.name}, and they are`);
    } catch (error) {
      if (!ConfigError.is(error)) throw error;
      return verdict(false, () => `expected valid settings of ${target.name}:\n${error.message}`);
    }
  },
  toHaveIssue(error: unknown, path: string, code?: IssueCode): MatcherResult {
    if (!ConfigError.is(error)) return verdict(false, () => 'expected a ConfigError, got something else');
    const issues: readonly ConfigIssue[] = error.issues;
    const found = issues.filter((issue) => formatPath(issue.path) === path);
    const pass = found.some((issue) => code === undefined || issue.code === code);
    const wanted = `${code === undefined ? 'an issue' : `an issue ${code}`} at ${path}`;
    const got = issues.map((issue) => `  ${issue.code} at ${formatPath(issue.path)}`).join('\n');
    return verdict(pass, () =>
      pass
        ? `expected no ${wanted.replace(/^an /, '')}`
        : `expected ${wanted}; there ${issues.length === 0 ? 'is none' : `are:\n${got}`}`,
    );
  },
});

function verdict(pass: boolean, message: () => string): MatcherResult {
  return { pass, message };
}
