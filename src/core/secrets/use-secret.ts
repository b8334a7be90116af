import { decodeSecret, type SecretContent } from './secret-content.js';
import type { AccessRight, SecretForm, SecretGate, SecretReader, SecretRule, SecretWish } from './secret-gate.js';

/** Where a secret is, what is declared of it, and who is asked before it is opened. */
export interface SecretPlace {
  readonly path: string;
  readonly rule: SecretRule;
  readonly gate: SecretGate;
}

export interface SecretParts {
  readonly content: SecretContent;
  readonly form: SecretForm;
  /** Absent for a value that no settings class has taken yet. */
  readonly place: SecretPlace | undefined;
  /** The secrets that it was built from: their gates are asked as well, and each may deny it. */
  readonly origins: readonly SecretPlace[];
}

/** The places of all secrets that a value is, or was built from. */
export function placesOf({ place, origins }: SecretParts): readonly SecretPlace[] {
  return place === undefined ? origins : [place, ...origins];
}

/** Asks on behalf of code outside the library. */
export function admit(parts: SecretParts, right: AccessRight, reader?: SecretReader): void {
  for (const { gate, wish } of wishesFor(parts, right, reader)) gate.admit(wish);
}

/** Hands what a secret opens to to a function. Bytes are zeroed when it is done. */
export function openNow<R>(parts: SecretParts, reader: SecretReader | undefined, fn: (value: unknown) => R): R {
  admit(parts, 'use', reader);
  const opened = decodeSecret(parts.content, parts.form);
  if (!(opened instanceof Uint8Array)) return fn(opened);
  try {
    const result = fn(opened);
    if (isPromise(result)) throw new TypeError('use: the bytes are zeroed before the promise settles; call useAsync.');
    return result;
  } finally {
    opened.fill(0);
  }
}

export async function openInTime<R>(
  parts: SecretParts,
  reader: SecretReader | undefined,
  fn: (value: unknown) => R | Promise<R>,
): Promise<R> {
  for (const { gate, wish } of wishesFor(parts, 'use', reader)) await gate.admitAsync(wish);
  const opened = decodeSecret(parts.content, parts.form);
  try {
    return await fn(opened);
  } finally {
    if (opened instanceof Uint8Array) opened.fill(0);
  }
}

interface PlacedWish {
  readonly gate: SecretGate;
  readonly wish: SecretWish;
}

/** One wish for each place; where one of them would be denied, that one alone, so that nothing is on record as allowed. */
function wishesFor(parts: SecretParts, right: AccessRight, reader: SecretReader | undefined): readonly PlacedWish[] {
  const { content, place, origins } = parts;
  const { kid } = content;
  const wishes = placesOf(parts).map(({ path, rule, gate }): PlacedWish => ({
    gate,
    wish: {
      ...rule,
      right,
      path,
      ...(reader !== undefined && { reader }),
      ...(kid !== undefined && { kid }),
      ...(path === place?.path && origins.length > 0 && { origins: origins.map((origin) => origin.path) }),
    },
  }));
  if (wishes.length < 2) return wishes;
  const denied = wishes.find(({ gate, wish }) => !gate.allows(wish));
  return denied === undefined ? wishes : [denied];
}

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
