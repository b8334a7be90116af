import { ConfigError } from '../../core/index.js';

export type KeyWork = 'make a key' | 'wrap a key' | 'unwrap a key' | 'wrap a key again' | 'describe its key';

/** Why it was not done: nobody answered, the service said no, or the wrapped key is not what it was asked to be. */
export type FailureKind = 'unavailable' | 'refused' | 'not-unwrapped';

/** A failure as it may be told: `why` is one of our own words or a number, never a text of the service. */
export interface Failure {
  readonly kind: FailureKind;
  readonly why: string;
}

/** Thrown by a provider's own checks of an answer. */
export class AnswerFailure extends Error {
  public constructor(public readonly failure: Failure) {
    super(failure.why);
  }
}

/**
 * Runs one piece of work of a provider. What a client throws is told by `failureOf` and dropped: its message, its cause
 * and its request can hold keys, tokens and what a proxy had to say.
 *
 * @throws ConfigError `key-provider-unavailable`, `key-provider-refused` or `wrapped-key-mismatch`.
 */
export async function keyWork<R>(
  id: string,
  work: KeyWork,
  failureOf: (error: unknown) => Failure,
  run: () => Promise<R>,
): Promise<R> {
  try {
    return await run();
  } catch (error) {
    throw told(id, work, error instanceof AnswerFailure ? error.failure : failureOf(error));
  }
}

function told(id: string, work: KeyWork, { kind, why }: Failure): ConfigError {
  // Only what opens a wrapped key can fail to.
  const opens = work === 'unwrap a key' || work === 'wrap a key again';
  if (kind === 'not-unwrapped' && opens) {
    return new ConfigError({
      code: 'wrapped-key-mismatch',
      category: 'security',
      message: `${id} does not unwrap this key.`,
      recovery: 'It was wrapped under another key or for another context, or it has been changed since.',
    });
  }
  const reason = why === '' ? '.' : `: ${why}.`;
  if (kind === 'unavailable') {
    return new ConfigError({
      code: 'key-provider-unavailable',
      category: 'security',
      message: `${id} cannot be reached to ${work}${reason}`,
      recovery: 'Check that it runs and can be reached from here. The same call may succeed later.',
    });
  }
  return new ConfigError({
    code: 'key-provider-refused',
    category: 'security',
    message: `${id} refuses to ${work}${reason}`,
    recovery: 'Check the name and the state of the key, and what the credentials allow.',
  });
}
