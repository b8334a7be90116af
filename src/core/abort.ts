/**
 * A controller whose signal is handed to others, who may listen as often as they like: Node takes more than ten listeners
 * to one signal for a leak.
 */
export function abortController(): AbortController {
  const control = new AbortController();
  process.getBuiltinModule('node:events').setMaxListeners(0, control.signal);
  return control;
}

interface Followers {
  readonly listeners: Set<() => void>;
  readonly tell: () => void;
}

const followed = new WeakMap<AbortSignal, Followers>();

/**
 * Calls back when a signal from outside aborts; the result removes the listener. However many follow a signal, it gets one
 * listener for all of them, and none when all have gone. A signal that has aborted already calls no listener.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const followers = followed.get(signal) ?? follow(signal);
  const { listeners, tell } = followers;
  // In a function of its own, so that one listener may follow twice.
  const own = (): void => {
    listener();
  };
  listeners.add(own);
  return () => {
    if (!listeners.delete(own) || listeners.size > 0 || followed.get(signal) !== followers) return;
    followed.delete(signal);
    signal.removeEventListener('abort', tell);
  };
}

function follow(signal: AbortSignal): Followers {
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const followers = { listeners, tell };
  followed.set(signal, followers);
  signal.addEventListener('abort', tell, { once: true });
  return followers;
}
