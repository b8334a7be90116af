/** The operating system's name of an error, such as `ENOENT`; empty when it has none. */
export function systemCode(error: unknown): string {
  // No instanceof: an error may come from another realm.
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}
