import type { MergeBy, MergeStrategy } from '../core/index.js';
import { declareField } from './section-metadata.js';

/**
 * How a list combines with the list that lower layers hold: `replace` (the default), `append`, `unique` (append what is
 * not there yet) or {@link mergeBy}. Subpaths: `uno-config`, `uno-config/sections`.
 *
 * @example
 * ```ts
 * class HttpSettings {
 *   @Merge('unique') @IsString({ each: true }) allowedOrigins: string[] = [];
 * }
 * ```
 */
export function Merge(strategy: MergeStrategy): PropertyDecorator {
  return (prototype, property) => {
    declareField(prototype, property, { merge: strategy });
  };
}

/**
 * Items of two layers that agree on `key` become one item, merged field by field; others are appended. Subpaths:
 * `uno-config`, `uno-config/sections`.
 *
 * @example
 * ```ts
 * class RouterSettings {
 *   @Merge(mergeBy('name')) @ListOf(() => RouteSettings) routes: RouteSettings[] = [];
 * }
 * class RouteSettings {
 *   @IsString() name: string = '';
 *   @IsString() target: string = '/';
 * }
 * ```
 */
export function mergeBy(key: string): MergeBy {
  return Object.freeze({ by: key });
}
