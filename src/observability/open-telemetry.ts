import type * as OpenTelemetry from '@opentelemetry/api';
import { systemCode } from '../core/index.js';

/**
 * The OpenTelemetry API where the program has it, and `undefined` where it has not. What goes wrong in the package itself
 * is thrown: a broken installation must not pass for none.
 */
export async function openTelemetry(
  load?: () => Promise<typeof OpenTelemetry>,
): Promise<typeof OpenTelemetry | undefined> {
  try {
    if (load !== undefined) return await load();
    // Waited for right here, inside of the try: so bundlers know it for one that may be missing.
    return await import('@opentelemetry/api');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The first message is that of a bundler that left the package out, the second Node's, and Vite has one of its own. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(systemCode(error))) return true;
  return error.message.startsWith('Could not resolve "@opentelemetry/api"');
}
