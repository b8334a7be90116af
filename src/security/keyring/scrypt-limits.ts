/** What parameters of scrypt are accepted, from a document as well as from a program. */
export const SCRYPT_LIMITS = Object.freeze({
  /** Of N. Less would make guessing a passphrase cheap. */
  leastCost: 2 ** 14,
  mostCost: 2 ** 20,
  mostBlockSize: 16,
  mostLanes: 4,
  /** Bytes: 128 * N * r. */
  mostMemory: 256 * 1024 * 1024,
});
