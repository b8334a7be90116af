import { option } from '../core/index.js';
import type { TypeReference } from './section-metadata.js';
import { declareField } from './section-metadata.js';

/**
 * A list whose items have the named type: a settings class, `String`, `Number`, `Boolean`, `BigInt`, `Date`, `URL`,
 * `RegExp`, `Duration` or `ByteSize`; `[Number]` for a list of numbers. Which class an item of several is made from, the
 * discriminator of `@Type` beside it tells. Subpaths: `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError when it is no function.
 *
 * @example
 * ```ts
 * class ClusterSettings {
 *   @ListOf(() => NodeSettings) nodes: readonly NodeSettings[] = [];
 *   @ListOf(() => [Number]) matrix: readonly (readonly number[])[] = [];
 *   @ListOf(() => Duration) retryDelays: readonly Duration[] = [];
 * }
 * class NodeSettings {
 *   @IsString() host: string = 'localhost';
 * }
 * ```
 */
export function ListOf(item: TypeReference): PropertyDecorator {
  option.callback.read(item, '@ListOf: item');
  return (prototype, property) => {
    declareField(prototype, property, { type: { kind: 'list', item } });
  };
}
