import { loadGeneration, section, type SectionEntry } from '../runtime/index.js';
import { sectionDeclaration, type SectionClass } from '../sections/index.js';
import { object } from '../sources/index.js';
import { isolated, VALUES, type TestLoadOptions } from './test-load-options.js';

/**
 * Some of a class's settings, raw or typed. Any legal spelling of a key will do; the fields' own names are what an editor
 * completes. Subpath: `uno-config/testing`.
 */
export type SettingsValues<T extends object> =
  Readonly<Partial<Record<Extract<keyof T, string>, unknown>>> | Readonly<Record<string, unknown>>;

/**
 * One frozen instance of a settings class for a test without a container: the class's defaults, and over them the values
 * the test names. Coerced and checked as in production; neither `process.env` nor any file is read, and the environment
 * is `test`. Nested settings classes, which have no path of their own, can be made too. Subpath: `uno-config/testing`.
 *
 * @param values below the section's own path: `{ port: 1 }`, not `{ database: { port: 1 } }`; nothing when absent
 * @throws ConfigError `invalid-settings` with all issues, `field-without-type`, `unusable-section-class`.
 *
 * @example
 * ```ts
 * const settings = await testSettings(DatabaseSettings, { port: 1, pool: { max: 2 } });
 * ```
 */
export async function testSettings<T extends object>(
  target: SectionClass<T>,
  values: SettingsValues<T> = {},
  options: TestLoadOptions = {},
): Promise<T> {
  const { entry, treeOf } = seatOf(target);
  const sources = [object(treeOf(values), { name: VALUES })];
  const generation = await loadGeneration({ ...isolated(options), sections: [entry], sources });
  // The one instance was made from the one class asked for.
  return generation.instances[0] as T;
}

/** Where a test's section is: at its own path, a class without one at `settings`. */
export function seatOf<T extends object>(
  target: SectionClass<T>,
): {
  readonly entry: SectionEntry;
  /** Values below the section, as a tree from the root. */
  readonly treeOf: (values: SettingsValues<T>) => object;
} {
  const entry = section(target, { path: sectionDeclaration(target)?.path ?? 'settings' });
  return { entry, treeOf: (values) => entry.path.reduceRight<object>((below, key) => ({ [key]: below }), values) };
}
