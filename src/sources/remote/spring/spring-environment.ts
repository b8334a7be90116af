import { createHash } from 'node:crypto';
import {
  ConfigError,
  type ConfigLayer,
  type ConfigLogger,
  type ConfigOrigin,
  createLayer,
  formatPath,
  isConfigMap,
  maskCredentials,
} from '../../../core/index.js';
import { parsedJson } from '../source-errors.js';
import { treeOfProperties } from './property-tree.js';

export interface SpringAnswer {
  readonly name: string;
  readonly text: string;
  readonly etag: string | undefined;
  readonly references: boolean | undefined;
  readonly logger: ConfigLogger;
}

export interface SpringEnvironment {
  readonly layers: readonly ConfigLayer[];
  readonly revision: string;
}

/**
 * Reads the answer of a configuration server.
 *
 * @throws ConfigError `invalid-json`, `not-a-map`, `source-not-found` where it knows no settings, and
 *   `spring-cipher-not-opened` where the server could not decrypt a value of its own.
 */
export function readEnvironment(answer: SpringAnswer): SpringEnvironment {
  const { name, text, etag } = answer;
  const environment = parsedJson(text, `${name} answers something else than JSON.`, CHECK);
  const sources = isConfigMap(environment) ? environment['propertySources'] : undefined;
  if (!isConfigMap(environment) || !Array.isArray(sources)) throw unlike(name, 'an environment with propertySources');
  if (sources.length === 0) throw nothingThere(name);
  const commit = typeof environment['version'] === 'string' ? environment['version'] : undefined;
  // A commit alone does not identify an answer: overrides and the second of two repositories change without it.
  const revision =
    etag ??
    [...(commit === undefined ? [] : [commit]), createHash('sha256').update(text).digest('hex').slice(0, 12)].join('-');
  const version = commit ?? revision;
  // The highest comes first.
  const layers = sources.map((source: unknown) => layerOf(answer, source, version)).toReversed();
  return { layers, revision };
}

function layerOf({ name, references, logger }: SpringAnswer, given: unknown, version: string): ConfigLayer {
  const properties = isConfigMap(given) ? given['source'] : undefined;
  if (!isConfigMap(given) || !isConfigMap(properties)) throw unlike(name, 'property sources with a name and a source');
  // Addresses of repositories may hold credentials.
  const source = maskCredentials(typeof given['name'] === 'string' ? given['name'] : 'unnamed');
  const origins = new Map<string, string>();
  const entries = Object.entries(properties).map(([key, value]): readonly [string, unknown] => {
    if (!isTracked(value)) return [key, value];
    origins.set(key, value.origin);
    return [key, value.value];
  });
  const lost = entries.flatMap(([key, value]) =>
    key.startsWith('invalid.') && value === '<n/a>' ? [key.slice(8)] : [],
  );
  if (lost.length > 0) throw undecrypted(name, source, lost);
  const { tree, keys, shadowed } = treeFor(name, source, entries);
  for (const key of shadowed) {
    const message = `${name}: ${source} has a value at ${key} and others below it; that value is left out.`;
    logger.log({ level: 'warn', event: 'config.source.shadowed', message, fields: { source: name, key } });
  }
  return createLayer({
    name: `${name}: ${source}`,
    kind: 'remote',
    tree,
    locate: (path) => {
      const key = keys.get(formatPath(path)) ?? formatPath(path);
      return { ...placeIn(origins.get(key), `${name}: ${source}`), key, version };
    },
    ...(references !== undefined && { references }),
  });
}

/** With exactly these two keys, the answer of version 2; all else is a value. */
function isTracked(value: unknown): value is { readonly value: unknown; readonly origin: string } {
  return (
    isConfigMap(value) && Object.keys(value).length === 2 && 'value' in value && typeof value['origin'] === 'string'
  );
}

/** `Config Server https://…/foo.properties:2:12`, or `class path resource [application.yml] - 3:8`. */
const PLACE = /^(?:Config Server )?(.+?)(?: - |:)(\d{1,9}):(\d{1,9})$/;

function placeIn(origin: string | undefined, source: string): Omit<ConfigOrigin, 'key'> {
  const [, file, line, column] = PLACE.exec(origin?.slice(0, 2_000) ?? '') ?? [];
  if (file === undefined) return { kind: 'remote', source };
  return { kind: 'remote', source: maskCredentials(file), line: Number(line), column: Number(column) };
}

function treeFor(
  name: string,
  source: string,
  entries: readonly (readonly [string, unknown])[],
): ReturnType<typeof treeOfProperties> {
  try {
    return treeOfProperties(entries);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw unlike(name, `whole lists: in ${source} ${error.message}`);
  }
}

const CHECK = 'Check its address: it must be a Spring Cloud Config server, or uno-config serve.';

function unlike(name: string, expected: string): ConfigError {
  const message = `${name} does not answer ${expected}.`;
  return new ConfigError({ code: 'not-a-map', message, recovery: CHECK });
}

function nothingThere(name: string): ConfigError {
  return new ConfigError({
    code: 'source-not-found',
    message: `${name} has no settings on the server, which answers so for every application that it does not know.`,
    recovery: 'Check application, profiles and label; or wrap the source in optional(…).',
  });
}

/** Spring would go on with what a lower source has there. */
function undecrypted(name: string, source: string, keys: readonly string[]): ConfigError {
  return new ConfigError({
    code: 'spring-cipher-not-opened',
    message: `${name}: the server could not decrypt ${keys.slice(0, 5).join(', ')} of ${source}.`,
    recovery:
      'Check encrypt.key of the server; or let it hand on the ciphertext, and open it here with secrets.spring.',
  });
}
