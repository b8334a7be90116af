/** The OpenTelemetry API, where the program has it. */
export async function openTelemetry(): Promise<typeof import('@opentelemetry/api') | undefined> {
  try {
    return await import('@opentelemetry/api');
  } catch (error) {
    if (error instanceof Error && 'code' in error && isMissing(error.code)) return undefined;
    throw error;
  }
}

function isMissing(code: unknown): boolean {
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
