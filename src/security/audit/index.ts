// audit: who used which secret, on a record that shows when somebody has changed it.
//
//   entry -> number, chain (hash over the one before) -> lane of each sink -> file, logger, …
export type { AuditEntry, AuditEvent, AuditLevel, AuditMode } from './audit-event.js';
export { AuditLog, type AuditLogOptions } from './audit-log.js';
export type { AuditHead, AuditSink, AuditSinkContext } from './audit-sink.js';
