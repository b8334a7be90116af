import type { ConfigHealth, HealthStatus } from './health.js';

/** What an HTTP server answers. */
export interface HealthResponse {
  readonly statusCode: 200 | 503;
  readonly headers: Readonly<Record<string, string>>;
  /** A JSON string. */
  readonly body: string;
}

const HEADERS = Object.freeze({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });

/**
 * The whole report as an HTTP answer: 200 while the program can work, degraded or not, and 503 when it cannot. Subpath:
 * `uno-config/observability`.
 *
 * @example
 * ```ts
 * const { statusCode, headers, body } = healthResponse(configHealth(container.get(ReloadService)));
 * report(statusCode, headers, body);
 * ```
 */
export function healthResponse(health: ConfigHealth): HealthResponse {
  return { statusCode: statusCodeOf(health.status), headers: HEADERS, body: JSON.stringify(health, plain) };
}

/**
 * A Kubernetes-style readiness answer, without details: 200 while the program has settings to work with, and 503 when it
 * has not. Degraded is ready: the settings in use are good ones. Subpath: `uno-config/observability`.
 *
 * @example
 * ```ts
 * const { statusCode, body } = readiness(configHealth(container.get(ReloadService)));
 * report(statusCode, body);
 * ```
 */
export function readiness({ status }: ConfigHealth): HealthResponse {
  const statusCode = statusCodeOf(status);
  return { statusCode, headers: HEADERS, body: JSON.stringify({ ready: statusCode === 200, status }) };
}

function statusCodeOf(status: HealthStatus): 200 | 503 {
  return status === 'unhealthy' ? 503 : 200;
}

/** What JSON has no word for. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
