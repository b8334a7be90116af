import type { ConfigLogger } from '../../core/index.js';
import type { AuditEvent } from './audit-event.js';
import type { AuditSink } from './audit-sink.js';

/**
 * Writes audit events to a logger, as `config.audit` at level `info`, what was denied at level `warn`. A logger keeps no
 * chain: have an `auditFile` beside it. Subpath: `uno-config/audit`.
 *
 * @example
 * ```ts
 * const audit = auditLog({ sinks: [auditLogger(consoleLogger(console))] });
 * ```
 */
export function auditLogger(logger: ConfigLogger): AuditSink {
  let lastSeq = 0;
  return {
    name: 'logger',
    append: (events) =>
      new Promise((resolve) => {
        for (const event of events) {
          // It was logged before the logger threw at a later one.
          if (event.seq <= lastSeq) continue;
          logger.log({
            level: event.decision === 'deny' ? 'warn' : 'info',
            event: 'config.audit',
            message: sentence(event),
            fields: { ...event },
          });
          lastSeq = event.seq;
        }
        resolve();
      }),
  };
}

function sentence({ action, decision, path, actor, principal, tenant, count }: AuditEvent): string {
  const what = [action, path, count].filter((part) => part !== undefined).join(' ');
  const who = [actor, principal].filter((part) => part !== undefined).join(' for ');
  const whose = tenant === undefined ? '' : ` of tenant ${tenant}`;
  return `${what}${whose}${who === '' ? '' : ` by ${who}`}${decision === undefined ? '' : `: ${decision}`}.`;
}
