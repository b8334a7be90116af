import type { ConfigPath } from './config-path.js';
import { formatPath } from './config-path.js';

/** What kind of source a value came from. */
export type OriginKind =
  'default' | 'object' | 'environment' | 'env-file' | 'file' | 'directory' | 'command-line' | 'remote' | 'custom';

/** Where a value came from, in its source's own spelling. */
export interface ConfigOrigin {
  readonly kind: OriginKind;
  /** The source's name: a file's path as it was given, `environment`, `command line`, `default`, … */
  readonly source: string;
  /** The key as the source spells it: `APP_DATABASE__PORT`, `database.port`, `--database.port`. */
  readonly key: string;
  /** The revision in which a remote source holds it. */
  readonly version?: string;
  /** What brought the value from an earlier version of the document to this one: `renamed in version 2`. */
  readonly migrated?: string;
  /** The parameters of a document that are in the value, and what filled them: `parameter queue (queue.yaml:2:3) filled at app.yaml:4:20`. */
  readonly filled?: string;
  /** One-based, where the source has lines. */
  readonly line?: number;
  /** One-based, counted in UTF-16 code units. */
  readonly column?: number;
}

/**
 * `APP_DATABASE__PORT (environment)`, `database.port (config/production.yaml:12:9)`,
 * `database.port (postgres settings, revision 41)`, `db.hostname (app.yaml:3:5), renamed in version 2`, `queues.orders
 * (queue.yaml:6:3), parameter queue (queue.yaml:2:3) filled at app.yaml:4:20`; only the place without a key. Subpath: `uno-config`.
 */
export function formatOrigin(origin: ConfigOrigin): string {
  const place = origin.key === '' ? formatPlace(origin) : `${origin.key} (${formatPlace(origin)})`;
  return [place, origin.filled, origin.migrated].filter((words) => words !== undefined).join(', ');
}

/** The bracketed part of {@link formatOrigin}: `config/production.yaml:12:9`, `environment`. */
export function formatPlace(origin: ConfigOrigin): string {
  const { source, version, line, column } = origin;
  const revision = version === undefined ? '' : `, revision ${version}`;
  if (line === undefined) return `${source}${revision}`;
  return `${source}:${String(line)}${column === undefined ? '' : `:${String(column)}`}${revision}`;
}

export function originAtPath(kind: OriginKind, source: string, path: ConfigPath): ConfigOrigin {
  return { kind, source, key: formatPath(path) };
}
