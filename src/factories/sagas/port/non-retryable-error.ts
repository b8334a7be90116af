/**
 * Thrown by a step that would fail the same way every time: a card that is declined, an order that is no longer there. The
 * step is not tried again, whatever its retry says, and the steps before it are undone; thrown by a compensation, it leaves
 * the run `failed`. Every error whose `nonRetryable` is true does the same. Subpath: `uno-config/sagas`.
 *
 * @example
 * ```ts
 * throw new NonRetryableError('the card is declined', { cause: new Error('do_not_honor') });
 * ```
 */
export class NonRetryableError extends Error {
  public override readonly name = 'NonRetryableError';
  /** As the failures of Temporal have it. */
  public readonly nonRetryable = true;
}

export function isNonRetryable(thrown: unknown): boolean {
  return thrown instanceof Error && Reflect.get(thrown, 'nonRetryable') === true;
}
