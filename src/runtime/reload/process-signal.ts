/** The signals of the process that may ask for a reload. */
export type ReloadSignal = 'SIGHUP' | 'SIGUSR2';

interface Waiting {
  readonly asked: Set<() => void>;
  readonly listener: () => void;
}

/** A process has its signals once. Each is listened to once, too: Node takes more than ten listeners for a leak. */
const waiting = new Map<ReloadSignal, Waiting>();

/** Calls back at every signal until the returned function is called. */
export function onProcessSignal(signal: ReloadSignal, callback: () => void): () => void {
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
