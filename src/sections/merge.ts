import type { MergeBy, MergeStrategy, OptionKinds } from '../core/index.js';
import { option } from '../core/index.js';
import { declareField } from './section-metadata.js';

/**
 * How a list combines with the list that lower layers hold: `replace` (the default), `append`, `unique` (append what is
 * not there yet) or {@link mergeBy}. Subpaths: `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError for anything else.
 *
 * @example
 * ```ts
 * class HttpSettings {
 *   @Merge('unique') @IsString({ each: true }) allowedOrigins: string[] = [];
 * }
 * ```
 */
export function Merge(strategy: MergeStrategy): PropertyDecorator {
  STRATEGY.read(strategy, '@Merge: strategy');
  return (prototype, property) => {
    declareField(prototype, property, { merge: strategy });
  };
}

const STRATEGY = option.either(
  option.oneOf('replace', 'append', 'unique'),
  option.options({ by: option.required(option.name) } satisfies OptionKinds<MergeBy>),
);

/**
 * Items of two layers that agree on `key` become one item, merged field by field; others are appended. Subpaths:
 * `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError when `key` is no name.
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
  option.name.read(key, 'mergeBy: key');
  return Object.freeze({ by: key });
}
