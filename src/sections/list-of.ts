import type { TypeReference } from './section-metadata.js';
import { declareField } from './section-metadata.js';

/**
 * A list whose items have the named type: a settings class, `String`, `Number`, `Boolean`, `BigInt`, `Date`, `URL`,
 * `RegExp`, `Duration` or `ByteSize`. Subpaths: `uno-config`, `uno-config/sections`.
 *
 * @example
 * ```ts
 * class ClusterSettings {
 *   @ListOf(() => NodeSettings) nodes: readonly NodeSettings[] = [];
 *   @ListOf(() => Duration) retryDelays: readonly Duration[] = [];
 * }
 * class NodeSettings {
 *   @IsString() host: string = 'localhost';
 * }
 * ```
 */
export function ListOf(item: TypeReference): PropertyDecorator {
  return (prototype, property) => {
    declareField(prototype, property, { type: { kind: 'list', item } });
  };
}
