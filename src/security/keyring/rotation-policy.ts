import type { Clock } from '../../core/index.js';
import { systemClock } from '../../core/index.js';
import type { KeyDescription } from './key-description.js';
import type { Keyset } from './keyset.js';

/** What a policy is told of a primary key. */
export interface KeyWear {
  readonly key: KeyDescription;
  /** Milliseconds since it was made. */
  readonly age: number;
  /** Values made with it, as far as is known: `keyset.uses()`. */
  readonly uses: number;
}

/** Says when a key is due for rotation. */
export interface RotationPolicy {
  isDue(wear: KeyWear): boolean;
}

const UNITS: Readonly<Record<string, number>> = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

/**
 * Due when a key is that old: a `Duration`, or a number with one of the units `w`, `d`, `h`, `m`, `s`. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const policy = rotateAfter('90d');
 * ```
 */
export function rotateAfter(age: string | { readonly milliseconds: number }): RotationPolicy {
  const most = typeof age === 'string' ? parseAge(age) : age.milliseconds;
  if (!(most > 0))
    throw new TypeError("rotateAfter: age must be a Duration or a text such as '90d', and more than nothing.");
  return Object.freeze({ isDue: (wear: KeyWear) => wear.age >= most });
}

/**
 * Due when so many values have been made with a key. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const policy = rotateAfterUses(1_000_000);
 * ```
 */
export function rotateAfterUses(uses: number): RotationPolicy {
  if (!Number.isSafeInteger(uses) || uses < 1)
    throw new TypeError('rotateAfterUses: uses must be a whole number from 1 on.');
  return Object.freeze({ isDue: (wear: KeyWear) => wear.uses >= uses });
}

/**
 * Due when any of the policies says so. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const policy = rotateWhenAny(rotateAfter('90d'), rotateAfterUses(2 ** 30));
 * ```
 */
export function rotateWhenAny(...policies: readonly RotationPolicy[]): RotationPolicy {
  return Object.freeze({ isDue: (wear: KeyWear) => policies.some((policy) => policy.isDue(wear)) });
}

/**
 * Due when all of the policies say so; never without a policy. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const policy = rotateWhenAll(rotateAfter('30d'), rotateAfterUses(1_000));
 * ```
 */
export function rotateWhenAll(...policies: readonly RotationPolicy[]): RotationPolicy {
  return Object.freeze({
    isDue: (wear: KeyWear) => policies.length > 0 && policies.every((policy) => policy.isDue(wear)),
  });
}

/**
 * The primary keys of a keyset that a policy calls due. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * let document = KeysetDocument.parse(body);
 * for (const { use } of keysDue(Keyset.of(document), rotateAfter('90d'))) document = rotateKey(document, use);
 * ```
 */
export function keysDue(keyset: Keyset, policy: RotationPolicy, clock: Clock = systemClock): readonly KeyDescription[] {
  const uses = keyset.uses();
  const now = clock.now();
  return keyset.keys.filter(
    (key) => key.state === 'primary' && policy.isDue({ key, age: now - key.created, uses: uses.get(key.kid) ?? 0 }),
  );
}

function parseAge(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,9})([wdhms])$/.exec(text) ?? [];
  return Number(amount) * (UNITS[unit] ?? NaN);
}
