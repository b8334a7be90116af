/** What all clients of Google have: it finds the credentials. */
export interface GoogleClient {
  initialize?(): Promise<unknown>;
}

/**
 * A client of Google, once it has its credentials. Its calls look for them by themselves, and throw what they do not find
 * where nobody can catch it, which ends the process.
 *
 * @throws what the client says when there are none; its code is then 16, which says so in gRPC.
 */
export async function initialized<C extends GoogleClient>(client: C): Promise<C> {
  try {
    await client.initialize?.();
  } catch (error) {
    throw Object.assign(new Error('There are no credentials.', { cause: error }), { code: 16 });
  }
  return client;
}
