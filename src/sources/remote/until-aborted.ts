import { onAbort, systemClock } from '../../core/index.js';

/** What the work comes to, or the end of the signal, whichever is first: clients of databases take no signal. */
export async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    const end = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('given up'));
    };
    if (signal.aborted) end();
    else stop = onAbort(signal, end);
  });
  // What is given up may still fail later.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, ended]);
  } finally {
    stop();
  }
}

/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  await untilAborted(signal, new Promise<never>(() => undefined)).catch(() => undefined);
}

/**
 * What the work comes to, if it does in time; a server is waited for by the machine's own time.
 *
 * @throws Error when it takes longer.
 */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let cancel: () => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = systemClock.after(milliseconds, () => {
      reject(new Error('the connection is silent'));
    });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
