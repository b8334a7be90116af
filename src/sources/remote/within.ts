import { systemClock } from '../../core/index.js';

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
