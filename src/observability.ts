// `uno-config/observability`: what the library did and what it holds, for machines (log records, metrics, spans, health,
// events) and for people (tables).
export {
  configHealth,
  configMetrics,
  consoleLogger,
  healthResponse,
  joinFleet,
  openTelemetryMetrics,
  openTelemetryTracer,
  pinoLogger,
  readiness,
  settingsTable,
} from './observability/index.js';
export type {
  ConfigHealth,
  ConfigMetrics,
  ConfigMetricsOptions,
  ConsoleLike,
  ConsoleLoggerOptions,
  FleetMember,
  FleetOptions,
  HealthResponse,
  HealthStatus,
  MetricsSnapshot,
  MetricSummary,
  MetricValue,
  PinoLike,
  RejectionHealth,
  RestartHealth,
  SectionHealth,
} from './observability/index.js';
export { staleSingletons } from './container/index.js';
export type { StaleSingleton, TenantCounts } from './container/index.js';
export { toCloudEvent } from './runtime/index.js';
export type { CloudEvent, CloudEventOptions, JsonValue } from './runtime/index.js';
