import type { ConfigSource } from '../../core/index.js';
import { beginWatch, type BeginWatchContext } from '../slots/index.js';
import { FILES, type ReferenceFiles } from '../rows/index.js';
import type { ReloadOptions } from './reload-options.js';

export interface TriggerContext extends Omit<BeginWatchContext, 'changed' | 'failed'> {
  readonly signalled: (name: string) => void;
  readonly keysChanged: (name: string) => void;
  readonly filesChanged: () => void;
  /** Milliseconds within which changes of several files are one change. */
  readonly debounce: number;
}

export interface Watched {
  readonly keyring: Pick<ConfigSource, 'name' | 'watch'> | undefined;
  readonly files: ReferenceFiles;
}

/** Starts what asks for reloads besides the sources: the watching of the keyring and of files, and the process signal. */
export async function startTriggers(
  { keyring, files }: Watched,
  { watch = false, signal: processSignal }: ReloadOptions,
  { signalled, keysChanged, filesChanged, debounce, ...context }: TriggerContext,
): Promise<void> {
  const { signal } = context;
  if (processSignal !== undefined) {
    const stop = onProcessSignal(processSignal, () => {
      signalled(processSignal);
    });
    signal.addEventListener('abort', stop, { once: true });
  }
  if (!watch) return;
  const { clock } = context;
  let isTold = false;
  const tell = (): void => {
    isTold = false;
    if (!signal.aborted) filesChanged();
  };
  const changed = (): void => {
    if (!isTold) clock.after(debounce, tell);
    isTold = true;
  };
  await files.whenNamed(signal, async () => beginWatch(files, FILES, { ...context, changed }));
  if (keyring === undefined) return;
  const name = keyring.name ?? 'the keyring';
  await beginWatch(keyring, name, {
    ...context,
    changed: () => {
      if (!signal.aborted) keysChanged(name);
    },
  });
}

export type ReloadSignal = 'SIGHUP' | 'SIGUSR2';

interface Waiting {
  readonly asked: Set<() => void>;
  readonly listener: () => void;
}

/** A process has its signals once. Each is listened to once, too: Node takes more than ten listeners for a leak. */
const waiting = new Map<ReloadSignal, Waiting>();

/** Calls back at every signal until the returned function is called. */
function onProcessSignal(signal: ReloadSignal, callback: () => void): () => void {
  const { asked, listener } = waiting.get(signal) ?? listen(signal);
  // In a function of its own, so that one callback that is given twice is called twice.
  const ask = (): void => {
    callback();
  };
  asked.add(ask);
  return () => {
    asked.delete(ask);
    if (asked.size > 0 || waiting.get(signal)?.asked !== asked) return;
    waiting.delete(signal);
    process.off(signal, listener);
  };
}

function listen(signal: ReloadSignal): Waiting {
  const asked = new Set<() => void>();
  const listener = (): void => {
    for (const ask of [...asked]) ask();
  };
  const first = { asked, listener };
  waiting.set(signal, first);
  process.on(signal, listener);
  return first;
}
