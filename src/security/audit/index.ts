// audit: who used which secret, on a record that shows when somebody has changed it.
//
//   entry -> number, chain (hash over the one before) -> lane of each sink -> file, logger, …
export type { AuditCheckpoint } from './audit-checkpoint.js';
export type { AuditEntry, AuditEvent, AuditLevel, AuditMode } from './audit-event.js';
export { auditFile, type AuditFileOptions, type AuditPlace } from './audit-file.js';
export type { AuditFinding, AuditFindingKind } from './audit-finding.js';
export { auditLogger } from './audit-logger.js';
export { AuditLog, auditLog, type AuditLogOptions } from './audit-log.js';
export type { AuditHead, AuditSink, AuditSinkContext } from './audit-sink.js';
export { verifyAudit, type AuditReport, type VerifyAuditOptions } from './verify-audit.js';
export { AuditTail, type TailLine } from './audit-tail.js';
