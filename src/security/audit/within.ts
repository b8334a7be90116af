import type { Clock } from '../../core/index.js';

/** Resolves when the work is done, or when so many milliseconds are up: who ends a program does not wait forever. */
export async function within(clock: Clock, milliseconds: number, work: Promise<void>): Promise<void> {
  let cancel = (): void => undefined;
  const timeout = new Promise<void>((resolve) => {
    cancel = clock.after(milliseconds, resolve, { keepAlive: true });
  });
  await Promise.race([work, timeout]);
  cancel();
}
