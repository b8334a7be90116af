import { option } from '../core/index.js';
import type { TypeReference } from './section-metadata.js';
import { declareField } from './section-metadata.js';

/**
 * An object whose keys are data and whose values have the named type: a settings class, `String`, `Number`, `Boolean`,
 * `BigInt`, `Date`, `URL`, `RegExp`, `Duration` or `ByteSize`; `[Number]` for a list of numbers. Which class a value of
 * several is made from, the discriminator of `@Type` beside it tells. Subpaths: `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError when it is no function.
 *
 * @example
 * ```ts
 * class PricingSettings {
 *   @MapOf(() => Number) discounts: Readonly<Record<string, number>> = {};
 * }
 * ```
 */
export function MapOf(item: TypeReference): PropertyDecorator {
  option.callback.read(item, '@MapOf: item');
  return (prototype, property) => {
    declareField(prototype, property, { type: { kind: 'map', item } });
  };
}
