import { setMaxListeners } from 'node:events';

/** What {@link loadSignal} gives. */
export interface LoadSignal {
  readonly signal: AbortSignal;
  /** Follows the caller's signal no longer. */
  readonly release: () => void;
}

/**
 * A signal of one load, which ends with the caller's. Whoever reads for the load may listen to it; the caller's own gets one
 * listener, which is taken away again: Node takes more than ten for a leak.
 */
export function loadSignal(outer: AbortSignal | undefined): LoadSignal {
  const control = new AbortController();
  setMaxListeners(0, control.signal);
  const follow = (): void => {
    control.abort(outer?.reason);
  };
  if (outer?.aborted === true) follow();
  else outer?.addEventListener('abort', follow, { once: true });
  return {
    signal: control.signal,
    release: () => {
      outer?.removeEventListener('abort', follow);
    },
  };
}
