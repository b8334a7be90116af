/**
 * A controller whose signal is handed to others, who may listen as often as they like: Node takes more than ten listeners
 * to one signal for a leak.
 */
export function abortController(): AbortController {
  const control = new AbortController();
  process.getBuiltinModule('node:events').setMaxListeners(0, control.signal);
  return control;
}

/** Those who follow one thing, and what ends the one listener that tells them. */
export interface Followers {
  readonly listeners: Set<() => void>;
  readonly end: () => void;
}

/** By what is followed: a map, or a weak one. */
type Registry<K> = Pick<Map<K, Followers>, 'get'> & {
  set(key: K, followers: Followers): unknown;
  delete(key: K): unknown;
};

/**
 * What has one listener tell all that follow one thing, and none when all have gone: Node takes more than ten for a leak.
 *
 * @param begin listens to it; the result ends that
 */
export function following<K>(
  registry: Registry<K>,
  begin: (key: K, tell: () => void) => () => void,
): (key: K, listener: () => void) => () => void {
  return (key, listener) => {
    let followers = registry.get(key);
    if (followers === undefined) {
      const listeners = new Set<() => void>();
      const end = begin(key, () => {
        for (const each of listeners) each();
      });
      registry.set(key, (followers = { listeners, end }));
    }
    const { listeners, end } = followers;
    // In a function of its own, so that one listener may follow twice.
    const own = (): void => {
      listener();
    };
    listeners.add(own);
    return () => {
      if (!listeners.delete(own) || listeners.size > 0 || registry.get(key) !== followers) return;
      registry.delete(key);
      end();
    };
  };
}

/**
 * Calls back when a signal from outside aborts; the result removes the listener. However many follow a signal, it gets one
 * listener for all of them, and none when all have gone. A signal that has aborted already calls no listener.
 */
export const onAbort = following(new WeakMap<AbortSignal, Followers>(), (signal, tell) => {
  signal.addEventListener('abort', tell, { once: true });
  return () => {
    signal.removeEventListener('abort', tell);
  };
});
