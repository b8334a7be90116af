import type * as OpenTelemetry from '@opentelemetry/api';

/**
 * The OpenTelemetry API where the program has it, and `undefined` where it has not. What goes wrong in the package itself
 * is thrown: a broken installation must not pass for none.
 */
export async function openTelemetry(
  load = async (): Promise<typeof OpenTelemetry> => import('@opentelemetry/api'),
): Promise<typeof OpenTelemetry | undefined> {
  try {
    return await load();
  } catch (error) {
    // A bundler that left the package out says the first, Node the second.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
