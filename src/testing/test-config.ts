import { ConfigModule, type ConfigModuleOptions } from '../container/index.js';
import type { SectionInput } from '../runtime/index.js';
import { object } from '../sources/index.js';
import { isolated, VALUES } from './test-load-options.js';

/**
 * Options of a test module besides sections and values: the module's own options, with defaults that isolate it from the
 * machine, as in `TestLoadOptions`. Subpath: `uno-config/testing`.
 */
export type TestModuleOptions = Omit<ConfigModuleOptions, 'sections' | 'sources'>;

/**
 * The container module of a unit test: the sections with their defaults, and over them the values the test names, raw as
 * in a file or typed. Neither `process.env` nor any file is read; the environment is `test`. All else is as in
 * production: values are coerced and checked, and keys that no settings class declares are errors. Loaded in a child
 * container, it takes precedence there over what the parent's module binds. Subpath: `uno-config/testing`.
 *
 * @param values by the sections' paths, like the content of a configuration file; nothing when absent
 * @throws TypeError naming an option that cannot be used, or when `values` is no plain object.
 * @throws ConfigError `field-without-type`, `unusable-section-class`, `duplicate-section`, `ambiguous-key`; and from
 *   `container.loadAsync`, `invalid-settings` with all issues, and `section-bound-twice`.
 *
 * @example
 * ```ts
 * const container = new Container();
 * await container.loadAsync(testConfig([HttpSettings, DatabaseSettings], { database: { port: 1, timeout: '50ms' } }));
 * const { port } = container.get(DatabaseSettings);
 * ```
 */
export function testConfig(
  sections: readonly SectionInput[],
  values: object = {},
  options: TestModuleOptions = {},
): ConfigModule {
  return ConfigModule.fromOptions({ ...isolated(options), sections, sources: [object(values, { name: VALUES })] });
}
