import type { SecretGate } from '../../src/core/index.js';

/** Lets everybody in: who may open what is another story. */
export const OPEN_GATE: SecretGate = Object.freeze({
  admit: () => undefined,
  admitAsync: async () => Promise.resolve(),
  allows: () => true,
});
