import { ConfigError, isConfigMap } from '../../core/index.js';

/** What a source holds cannot be used, however often it is asked. */
export function sourceFailed(message: string, recovery: string): ConfigError {
  return new ConfigError({ code: 'source-failed', message, recovery });
}

export function nothingThere(source: string, why = 'it holds nothing'): ConfigError {
  return new ConfigError({
    code: 'source-not-found',
    message: `${source} does not hold these settings: ${why}.`,
    recovery: 'Create them, correct where they are looked for, or wrap the source in optional(…).',
  });
}

/** The JSON of a text. Throws ConfigError `invalid-json`: the parser would quote what it does not take. */
export function parsedJson(text: string, message: string, recovery: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError({ code: 'invalid-json', message, recovery });
  }
}

/** A JSON object; `undefined` for all else, such as a proxy's page. */
export function jsonMap(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isConfigMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
