import type { ConfigSource } from '../../core/index.js';
import { beginWatch, type BeginWatchContext } from '../slots/index.js';
import { onProcessSignal } from './process-signal.js';
import type { ReloadOptions } from './reload-options.js';

/** What triggers need, and whom they tell. */
export interface TriggerContext extends Omit<BeginWatchContext, 'changed' | 'failed'> {
  /** The process got the signal that the options name. */
  readonly signalled: (name: string) => void;
  /** The keyring holds other keys. */
  readonly keysChanged: (name: string) => void;
}

/** Starts what asks for reloads besides the sources: the watching of the keyring, and the process signal. */
export async function startTriggers(
  keyring: Pick<ConfigSource, 'name' | 'watch'> | undefined,
  { watch = false, signal: processSignal }: ReloadOptions,
  { signalled, keysChanged, ...context }: TriggerContext,
): Promise<void> {
  const { signal } = context;
  if (processSignal !== undefined) {
    const stop = onProcessSignal(processSignal, () => {
      signalled(processSignal);
    });
    signal.addEventListener('abort', stop, { once: true });
  }
  if (!watch || keyring === undefined) return;
  const name = keyring.name ?? 'the keyring';
  await beginWatch(keyring, name, {
    ...context,
    changed: () => {
      if (!signal.aborted) keysChanged(name);
    },
  });
}
