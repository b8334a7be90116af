import { clientError } from '../../http/index.js';
import type { Failure, FailureKind } from './provider-failure.js';

/** The words that a client's errors carry as `name` or `code`, and what each says. Others are not repeated. */
export type FailureWords = Readonly<Record<FailureKind, readonly string[]>>;

export function clientFailure(error: unknown, words: FailureWords): Failure {
  const { words: said, network, status } = clientError(error);
  const kinds: readonly FailureKind[] = ['not-unwrapped', 'refused', 'unavailable'];
  for (const name of said) {
    const kind = kinds.find((candidate) => words[candidate].includes(name));
    if (kind !== undefined) return { kind, why: name };
  }
  if (network !== undefined) return { kind: 'unavailable', why: network };
  return status === undefined ? { kind: 'unavailable', why: '' } : statusFailure(status);
}

/** What an HTTP status says by itself. */
export function statusFailure(status: number): Failure {
  const passing = status === 408 || status === 412 || status === 429 || status >= 500;
  return { kind: passing ? 'unavailable' : 'refused', why: `status ${String(status)}` };
}
