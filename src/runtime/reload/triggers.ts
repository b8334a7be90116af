import { type ConfigSource, type Followers, following, onAbort } from '../../core/index.js';
import { beginWatch, type BeginWatchContext } from '../slots/index.js';
import { FILES, type ReferenceFiles } from '../rows/index.js';
import type { ReloadValues } from './reload-options.js';

export interface TriggerContext extends Omit<BeginWatchContext, 'changed' | 'failed'> {
  readonly signalled: (name: string) => void;
  /** Tells what is another, in words. */
  readonly moved: (what: string) => void;
  /** Milliseconds within which changes of several files are one change. */
  readonly debounce: number;
}

export interface Watched {
  readonly keyring: Pick<ConfigSource, 'name' | 'watch'> | undefined;
  readonly files: ReferenceFiles;
}

/** Of a process, which has its signals once. */
const onProcessSignal = following(new Map<'SIGHUP' | 'SIGUSR2', Followers>(), (name, tell) => {
  process.on(name, tell);
  return () => {
    process.off(name, tell);
  };
});

/** Starts what asks for reloads besides the sources: the watching of the keyring and of files, and the process signal. */
export async function startTriggers(
  { keyring, files }: Watched,
  { watch = false, signal: processSignal }: Partial<Pick<ReloadValues, 'watch' | 'signal'>>,
  { signalled, moved, debounce, ...context }: TriggerContext,
): Promise<void> {
  const { signal } = context;
  if (processSignal !== undefined) {
    const stop = onProcessSignal(processSignal, () => {
      signalled(processSignal);
    });
    onAbort(signal, stop);
  }
  if (!watch) return;
  const { clock } = context;
  let isTold = false;
  const tell = (): void => {
    isTold = false;
    if (!signal.aborted) moved('files that references name');
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
      if (!signal.aborted) moved(name);
    },
  });
}
