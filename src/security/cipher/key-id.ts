const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._~:/-]{0,127}$/;

/** True for what may name a key: up to 128 characters that mean nothing in JSON, URLs and shells. */
export function isKeyId(text: unknown): text is string {
  return typeof text === 'string' && KEY_ID.test(text);
}
