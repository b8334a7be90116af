import { pause } from '../../core/index.js';
import type { Generation } from '../generation/index.js';
import { answerWithin, TimeIsUp, type AnswerLimits } from './answer-within.js';

/** The context of a verify hook. Subpath: `uno-config`. */
export interface VerifyContext {
  /** Aborts when the time for an answer is over, or the answer is no longer needed. */
  readonly signal: AbortSignal;
}

/**
 * Looks at a generation after it has become current: at the first one, which has no previous one, once before the load
 * is over, and it fails the load then. Subpath: `uno-config`.
 */
export interface VerifyHook {
  /** Names the check in errors and logs. */
  readonly name: string;
  /** False, an error, or no answer within the option `verifyTimeout` rejects the generation. */
  check(current: Generation, previous: Generation | undefined, context: VerifyContext): boolean | Promise<boolean>;
}

export interface Objection {
  readonly hook: string;
  /** What the hook did, in words that follow its name. */
  readonly what: string;
}

export interface VerifyLimits extends AnswerLimits {
  readonly bake: number;
}

/** How often hooks look during the bake time, in milliseconds. */
const LOOK_EVERY = 1_000;

/**
 * Lets the hooks look at once, and every second until the bake time is over or the signal ends it. What the first one
 * that was not content has against the generation, if any.
 */
export async function verifyGeneration(
  hooks: readonly VerifyHook[],
  current: Generation,
  previous: Generation | undefined,
  limits: VerifyLimits,
): Promise<Objection | undefined> {
  const { bake, clock, signal } = limits;
  const end = clock.monotonic() + bake;
  for (;;) {
    for (const hook of hooks) {
      const what = await objection(hook, current, previous, limits);
      if (signal.aborted) return undefined;
      if (what !== undefined) return { hook: hook.name, what };
    }
    const left = end - clock.monotonic();
    if (left <= 0) return undefined;
    await pause(clock, Math.min(left, LOOK_EVERY), signal);
    if (signal.aborted) return undefined;
  }
}

async function objection(
  hook: VerifyHook,
  current: Generation,
  previous: Generation | undefined,
  limits: AnswerLimits,
): Promise<string | undefined> {
  const discontent = 'was not content with it';
  try {
    const isContent = await answerWithin(limits, async (signal) => hook.check(current, previous, { signal }));
    return isContent ? undefined : discontent;
  } catch (error) {
    // A hook that throws has found something it cannot even look at; what it threw may quote settings.
    return error instanceof TimeIsUp ? `did not answer within ${error.time}` : discontent;
  }
}
