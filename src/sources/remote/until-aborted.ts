import { onAbort } from '../../core/index.js';

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
