import { ConfigError } from '../../core/index.js';
import type { AccessExplanation } from './access-explanation.js';

export function denied({ why, wayOut }: AccessExplanation): ConfigError {
  return new ConfigError({ code: 'access-denied', message: why, recovery: wayOut });
}

export function tenantMismatch(what: string, made: string, used: string): ConfigError {
  return new ConfigError({
    code: 'tenant-mismatch',
    message: `${what} tenant "${made}" is used for tenant "${used}".`,
    recovery:
      'Get it from the container of the tenant that it is used for: keep nothing of one tenant where another one finds it.',
  });
}

export function auditNeedsAsync(path: string): ConfigError {
  return new ConfigError({
    code: 'audit-needs-async',
    message: `Each use of "${path}" must be on record before it is allowed, and use() cannot wait for that.`,
    recovery: 'Call useAsync(fn) instead, and await it.',
  });
}

export function auditMissing(path: string): ConfigError {
  return new ConfigError({
    code: 'audit-missing',
    message: `Each use of "${path}" must be on record before it is allowed, and there is no audit log.`,
    recovery: "Give one with the option secrets.audit, or declare the field with audit: 'best-effort'.",
  });
}
