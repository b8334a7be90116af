import type { SectionClass } from '../../sections/index.js';
import { loadGeneration } from './load-generation.js';
import type { LoadOptions, SectionEntry } from '../plan/index.js';

/** What {@link loadSettings} takes: all of the load's options but the sections. */
export type SettingsOptions = Omit<LoadOptions, 'sections'>;

/**
 * Loads one section fresh, without a container. Keys outside the section belong to somebody else and are not looked at.
 * Subpath: `uno-config`.
 *
 * @throws ConfigError of a source, or `invalid-settings` with all issues.
 *
 * @example
 * ```ts
 * const database = await loadSettings(DatabaseSettings, { sources: [yamlFile('config/app.yaml')] });
 * ```
 */
export async function loadSettings<T extends object>(
  target: SectionClass<T> | SectionEntry<T>,
  options: SettingsOptions,
): Promise<T> {
  const generation = await loadGeneration({ ...options, sections: [target] }, { open: true });
  // The one instance was made from the one class asked for.
  return generation.instances[0] as T;
}
