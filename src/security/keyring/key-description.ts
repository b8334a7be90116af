/** What a key is for: `encrypt` with a shared key, or `seal` for the holder of the private half. */
export type KeyUse = 'encrypt' | 'seal';

/**
 * Where a key is in its life. `primary`: the one of its use that new values are made with. `active`: still opens.
 * `retired`: still opens, and every use is reported. `disabled`: opens nothing, and can come back.
 */
export type KeyState = 'primary' | 'active' | 'retired' | 'disabled';

/** What may be said of a key: everything but its material. */
export interface KeyDescription {
  /** Its name in tokens, such as `orders/1`. */
  readonly kid: string;
  readonly use: KeyUse;
  readonly state: KeyState;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Whether values made with it can be opened here; false as well where only the public half is held. */
  readonly canOpen: boolean;
}

/** All uses, in the order in which keys are generated. */
export const KEY_USES: readonly KeyUse[] = Object.freeze(['encrypt', 'seal']);
/** All states, from the newest key to the oldest. */
export const KEY_STATES: readonly KeyState[] = Object.freeze(['primary', 'active', 'retired', 'disabled']);

export function opens(state: KeyState): boolean {
  return state === 'primary' || state === 'active' || state === 'retired';
}
