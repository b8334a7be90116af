import { loadGeneration } from './load-generation.js';
import type { LoadOptions, SectionInput, SectionInputs } from '../plan/index.js';

/** What {@link loadSettings} takes: all of the load's options but the sections. */
export type SettingsOptions = Omit<LoadOptions, 'sections'>;

/**
 * Loads one section fresh, without a container. Keys outside the section are ignored, unless they look like misspellings of
 * it. Subpath: `uno-config`.
 *
 * @throws ConfigError of a source, or `invalid-settings` with all issues.
 *
 * @example
 * ```ts
 * const database = await loadSettings(DatabaseSettings, { sources: [yamlFile('config/app.yaml')] });
 * ```
 */
export async function loadSettings<T extends object>(target: SectionInput<T>, options: SettingsOptions): Promise<T>;
/**
 * Loads several sections from one reading of the sources, without a container. The list is complete: a key that belongs to
 * none of them is an unknown key, as in a `ConfigModule`. One error reports all issues.
 *
 * @throws ConfigError of a source, or `invalid-settings` with all issues of all sections.
 *
 * @example
 * ```ts
 * const [http, database] = await loadSettings([HttpSettings, DatabaseSettings], { sources: [processEnv()] });
 * ```
 */
export async function loadSettings<const T extends readonly object[]>(
  targets: SectionInputs<T>,
  options: SettingsOptions,
): Promise<T>;
export async function loadSettings(
  targets: SectionInput | readonly SectionInput[],
  options: SettingsOptions,
): Promise<object> {
  if (isList(targets)) {
    const { instances } = await loadGeneration({ ...options, sections: targets });
    return [...instances];
  }
  const generation = await loadGeneration({ ...options, sections: [targets] }, { isAlone: true });
  const [instance] = generation.instances;
  if (instance === undefined) throw new RangeError('A load of one section makes one.');
  return instance;
}

function isList(targets: SectionInput | readonly SectionInput[]): targets is readonly SectionInput[] {
  return Array.isArray(targets);
}
