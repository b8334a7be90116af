// `uno-config/audit`: who used which secret, on a record that shows when somebody has changed it.
export { auditFile, auditLog, auditLogger, verifyAudit } from './security/index.js';
export type {
  AuditCheckpoint,
  AuditEntry,
  AuditEvent,
  AuditFileOptions,
  AuditFinding,
  AuditFindingKind,
  AuditHead,
  AuditLevel,
  AuditLog,
  AuditLogOptions,
  AuditMode,
  AuditPlace,
  AuditReport,
  AuditSink,
  AuditSinkContext,
  VerifyAuditOptions,
} from './security/index.js';
