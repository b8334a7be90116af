/** Throws anything, as code of others may. */
export function throwAnything(thrown: unknown): never {
  // Not an Error in most stories; that is what they are about.
  throw thrown as Error;
}

/** Rejects with anything. */
export async function rejectAnything(thrown: unknown): Promise<never> {
  await Promise.resolve();
  return throwAnything(thrown);
}
