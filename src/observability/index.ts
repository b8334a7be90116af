// observability: what the library did and what it holds, for machines (log records, metrics, spans, health) and for
// people (tables).
export { consoleLogger, type ConsoleLike, type ConsoleLoggerOptions } from './console-logger.js';
export * from './health.js';
export { healthResponse, readiness, type HealthResponse } from './health-response.js';
export * from './metrics.js';
export { openTelemetryMetrics } from './metrics-opentelemetry.js';
export { openTelemetryTracer } from './tracing.js';
export { pinoLogger, type PinoLike } from './pino-logger.js';
export { settingsTable } from './settings-table.js';
export { joinFleet, type FleetMember, type FleetOptions } from './join-fleet.js';
