import { ConfigError, kindOfThrown, type ConfigErrorCode } from '../core/index.js';
import { LEGAL_NAMES, type TenantState } from './tenant.js';

/** So many misnamed documents are named. */
const MOST_NAMED = 5;

/** An id from outside for messages: shortened, and without terminal control characters. */
function shownId(id: unknown): string {
  if (typeof id !== 'string') return `a ${typeof id}`;
  return JSON.stringify(id.length > 64 ? `${id.slice(0, 60)}…` : id).replace(/[^\x20-\x7e]/g, '?');
}

function tenantError(code: ConfigErrorCode, message: string, recovery: string, cause?: unknown): ConfigError {
  return new ConfigError({ code, message, recovery, ...(cause !== undefined && { cause }) });
}

/** @param named whose identifier was given in place of an id */
export function unknownTenant(id: unknown, named?: string): ConfigError {
  return tenantError(
    'tenant-unknown',
    `There is no tenant ${shownId(id)}.`,
    named === undefined || named === id
      ? `Add its document. ${LEGAL_NAMES}`
      : `It is the identifier of tenant ${shownId(named)}: tenants.identify(identifier) gives the id.`,
  );
}

export function notReady(id: string): ConfigError {
  return tenantError(
    'tenant-not-ready',
    `The settings of tenant ${shownId(id)} have not been made yet.`,
    `Write "await tenants.ready(id)" before run() and settings(), which cannot wait.`,
  );
}

export function inactive(id: string, state: TenantState): ConfigError {
  return tenantError(
    'tenant-inactive',
    `Tenant ${shownId(id)} is ${state}.`,
    'Write state: active below $tenant in its document to serve it again.',
  );
}

/** A tenant that has no settings that could be used. */
export function quarantined(id: string, cause: ConfigError): ConfigError {
  return new ConfigError({
    code: 'tenant-quarantined',
    message: `Tenant ${shownId(id)} cannot be served: ${cause.message.split('\n', 1)[0] ?? ''}`,
    issues: cause.issues,
    recovery: cause.recovery === '' ? 'Correct what is listed; other tenants are served meanwhile.' : cause.recovery,
    cause,
  });
}

/** What the health says of documents that can be no tenant's. */
export function misnamedDocuments(ids: readonly string[]): string {
  const named = ids.slice(0, MOST_NAMED).map(shownId).join(', ');
  const more = ids.length > MOST_NAMED ? ` and ${String(ids.length - MOST_NAMED)} more` : '';
  return `The names of these documents are no ids of tenants: ${named}${more}.`;
}

export function unknownPlan(plan: string): ConfigError {
  return tenantError(
    'invalid-tenant',
    `There is no plan ${shownId(plan)}.`,
    'Add it to the plans, or name another one below $tenant.',
  );
}

export function takenIdentifier(identifier: string, other: string): ConfigError {
  return tenantError(
    'invalid-tenant',
    `The identifier ${shownId(identifier)} is that of tenant ${shownId(other)}.`,
    'Give one of the two another identifier below $tenant.',
  );
}

export function notSet(what: string): ConfigError {
  return tenantError(
    'tenant-not-set',
    `${what} is asked for outside of any tenant.`,
    'Call it within tenants.run(id, …); hand a callback over with tenants.bind(…). With outside: "base" the settings of the base are read instead.',
  );
}

export function unreadable(id: string, cause: unknown): ConfigError {
  return tenantError(
    'tenant-unreadable',
    `The document of tenant ${shownId(id)} could not be read: the function for it threw ${kindOfThrown(cause)}.`,
    'Ask again later; what has been read before stays in use.',
  );
}

/** The answer of a resolver. */
interface Named {
  readonly identifier: string;
  readonly by: string;
}

export function notNamed(asked: string): ConfigError {
  return tenantError(
    'tenant-not-named',
    `A request names no tenant: ${asked} gives none.`,
    'Have the client name it, or let the request through with the option without of tenantRequests.',
  );
}

export function untrusted({ identifier, by }: Named): ConfigError {
  return tenantError(
    'tenant-untrusted',
    `A request names the tenant ${shownId(identifier)} in its ${by}, which the sender can choose freely.`,
    'Add a resolver that verifies it, such as jwtClaim(…); or set trusted: true where a gateway sets it.',
  );
}

export function namesTwo(one: Named, other: Named): ConfigError {
  return tenantError(
    'tenant-conflict',
    `A request names two tenants: ${shownId(one.identifier)} in its ${one.by}, ${shownId(other.identifier)} in its ${other.by}.`,
    'Send it for one of them.',
  );
}

export function tokenRefused(why: string): ConfigError {
  return tenantError(
    'tenant-token-refused',
    `The token of a request is refused: ${why}.`,
    'Send a token that is valid now.',
  );
}

export function closed(): ConfigError {
  return tenantError('tenants-closed', 'The tenants are closed.', 'Load the module again.');
}

export function pluginNeeded(): ConfigError {
  return tenantError(
    'plugin-needed',
    'Containers of tenants need the ConfigPlugin in the container of the module.',
    'Write container.register(ConfigPlugin) before the module is loaded.',
  );
}
