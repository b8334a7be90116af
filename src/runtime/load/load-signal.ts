import { abortController, onAbort } from '../../core/index.js';

/** What {@link loadSignal} gives. */
export interface LoadSignal {
  readonly signal: AbortSignal;
  /** Follows the caller's signal no longer. */
  readonly release: () => void;
}

/** A signal of one load, which ends with the caller's. Whoever reads for the load may listen to it. */
export function loadSignal(outer: AbortSignal | undefined): LoadSignal {
  const control = abortController();
  const follow = (): void => {
    control.abort(outer?.reason);
  };
  if (outer?.aborted === true) follow();
  const release = outer === undefined || outer.aborted ? () => undefined : onAbort(outer, follow);
  return { signal: control.signal, release };
}
