import type { AsyncLocalStorage } from 'node:async_hooks';

let storage: AsyncLocalStorage<string> | undefined;

/**
 * Runs work on behalf of a principal: a user, a tenant, a job. Everything that the work starts and waits for keeps it,
 * and rules of the access policy that name principals ask for it. Work that is put into a queue and taken out by somebody
 * else runs on behalf of the code that takes it out, or of no one: call `runAs` again there. The innermost call counts.
 * Subpath: `uno-config/access`.
 *
 * @throws TypeError when the principal is no text, or one that rules use for everybody.
 *
 * @example
 * ```ts
 * await runAs('billing', async () => {
 *   report(currentPrincipal());
 * });
 * ```
 */
export function runAs<R>(principal: string, work: () => R): R {
  if (typeof (principal as unknown) !== 'string' || principal === '' || principal === '*') {
    throw new TypeError('principal: must be a non-empty string, such as billing.');
  }
  // Loaded when it is first needed: most programs never run anything on behalf of anybody.
  storage ??= new (process.getBuiltinModule('node:async_hooks').AsyncLocalStorage<string>)();
  return storage.run(principal, work);
}

/** The principal on whose behalf the running code works; `undefined` outside of {@link runAs}. Subpath: `uno-config/access`. */
export function currentPrincipal(): string | undefined {
  return storage?.getStore();
}
