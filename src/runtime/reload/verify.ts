import type { Clock } from '../../core/index.js';
import type { Generation } from '../generation.js';

/** Looks at a generation after it has become current. Subpath: `uno-config`. */
export interface VerifyHook {
  /** Names the check in errors and logs. */
  readonly name: string;
  /** False, or an error, says that the generation must not stay. */
  check(current: Generation, previous: Generation): boolean | Promise<boolean>;
}

/** How often hooks look during the bake time, in milliseconds. */
const LOOK_EVERY = 1_000;

/**
 * Lets the hooks look at once, and every second until the bake time is over or the signal ends it. The name of the first
 * one that was not content, if any.
 */
export async function verifyGeneration(
  hooks: readonly VerifyHook[],
  current: Generation,
  previous: Generation,
  { bake, clock, signal }: { readonly bake: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const end = clock.monotonic() + bake;
  for (;;) {
    for (const hook of hooks) {
      const content = await unlessAborted(isContent(hook, current, previous), signal);
      if (content === undefined) return undefined;
      if (!content) return hook.name;
    }
    const left = end - clock.monotonic();
    if (left <= 0 || signal.aborted) return undefined;
    await pause(Math.min(left, LOOK_EVERY), clock, signal);
  }
}

/** A hook that never answers must not keep the service from closing. `undefined` when nobody needs the answer any more. */
async function unlessAborted(answer: Promise<boolean>, signal: AbortSignal): Promise<boolean | undefined> {
  if (signal.aborted) return undefined;
  let stop = (): void => undefined;
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => {
      resolve(undefined);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function isContent(hook: VerifyHook, current: Generation, previous: Generation): Promise<boolean> {
  try {
    return await hook.check(current, previous);
  } catch {
    // A hook that throws has found something it cannot even look at; what it threw may quote settings.
    return false;
  }
}

async function pause(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      cancel();
      resolve();
    };
    const cancel = clock.after(milliseconds, () => {
      // There may be many pauses, and Node takes more than ten listeners for a leak.
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}
