import { declareField } from './section-metadata.js';

/**
 * A field that keeps its value until the program starts again: a reload that finds another one moves all other fields
 * and tells the wish, in a `RestartRequired` event, in the log and in the health report. On a field with a nested
 * settings class it holds all of that. In the items of a list, which have no names to tell them apart by, it holds the
 * list. Subpaths: `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError when it does not stand on a field of instances.
 *
 * @example
 * ```ts
 * class HttpSettings {
 *   @RestartRequired() @IsInt() port: number = 3000;
 * }
 * ```
 */
export function RestartRequired(): PropertyDecorator {
  return (prototype, property) => {
    declareField(prototype, property, { restartRequired: true });
  };
}
