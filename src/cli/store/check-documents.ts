import {
  ConfigError,
  type ConfigPath,
  type DocumentChanges,
  formatPath,
  isConfigMap,
  isEncryptedText,
  MASK,
  silentLogger,
  type StoredDocuments,
} from '../../core/index.js';
import { type ExaminedTenants, secretsOfDocument } from '../../runtime/index.js';
import type { CommandArguments, CommandIo } from '../command.js';
import {
  environmentsToCheck,
  loadEnvironment,
  selected,
  type LoadedDefinition,
  type Selected,
} from '../load-definition.js';
import { reportedIssues, type ReportedIssue } from '../environment-report.js';
import { lookAtAll } from '../tenants/index.js';
import type { StorePlace } from './store-place.js';

/** What would be wrong, and where: in an environment, for a tenant. */
export interface FoundIssue extends ReportedIssue {
  readonly environment: string;
  readonly tenant?: string;
}

/**
 * What would be wrong after a change that is not wrong before it: what this machine lacks to load production does not keep
 * a price from being changed.
 */
export async function checkDocuments(
  place: StorePlace,
  before: StoredDocuments,
  after: StoredDocuments,
  changes: DocumentChanges,
  args: CommandArguments,
  io: CommandIo,
): Promise<readonly FoundIssue[]> {
  const { loaded, holds } = place;
  const selectors = selected(args, loaded.plan.environments);
  const found: FoundIssue[] = [];
  for (const environment of environmentsToCheck(selectors, loaded)) {
    const inOne = { ...selectors, environment };
    const look = async (state: StoredDocuments): Promise<readonly FoundIssue[]> => {
      const pinned = place.withDocuments(state);
      const own = holds === 'base' ? await issuesOfBase(pinned, inOne) : [];
      // What stands below all tenants may be wrong for one of them alone.
      if (own.length > 0 || loaded.definition.tenants === undefined) return own;
      return issuesOfTenants(pinned, inOne, holds === 'layers' ? changes : undefined, io);
    };
    const issues = await look(after);
    const known = issues.length === 0 ? new Set() : new Set((await look(before)).map(keyOf));
    found.push(...issues.filter((issue) => !known.has(keyOf(issue))));
  }
  return found;
}

async function issuesOfBase(
  loaded: LoadedDefinition,
  selectors: Selected & { readonly environment: string },
): Promise<readonly FoundIssue[]> {
  const { environment } = selectors;
  try {
    await loadEnvironment(loaded, selectors);
    return [];
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return reportedIssues(error).map((issue) => ({ ...issue, environment }));
  }
}

/** @param changes of the documents of tenants; those of plans and of the ceiling may concern all of them */
async function issuesOfTenants(
  loaded: LoadedDefinition,
  selectors: Selected & { readonly environment: string },
  changes: DocumentChanges | undefined,
  io: CommandIo,
): Promise<readonly FoundIssue[]> {
  const { definition, plan } = loaded;
  const { environment } = selectors;
  let tenants: ExaminedTenants | undefined;
  try {
    const current = await loadEnvironment(loaded, selectors);
    const options = { ...definition, ...selectors, logger: silentLogger };
    // What defineTenants makes answers so; the floor of definitions knows nothing of tenants.
    const examined = (await definition.tenants?.examine({ plan, options, current })) as ExaminedTenants | undefined;
    if (examined === undefined) return [];
    tenants = examined;
    const ids = changes === undefined ? (examined.ids ?? []) : idsThere(changes);
    if (ids.length === 0) return [];
    const findings = await lookAtAll({ tenants: examined }, ids, io, async (tenant) => tenant.built());
    return findings.flatMap(({ id, error }) =>
      error === undefined ? [] : reportedIssues(error).map((issue) => ({ ...issue, environment, tenant: id })),
    );
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return reportedIssues(error).map((issue) => ({ ...issue, environment }));
  } finally {
    await tenants?.close();
  }
}

function idsThere(changes: DocumentChanges): readonly string[] {
  return [...changes].flatMap(([id, document]) => (document === undefined ? [] : [id]));
}

function keyOf({ environment, tenant = '', code, path, message }: FoundIssue): string {
  return JSON.stringify([environment, tenant, code, path, message]);
}

/** The paths of secrets in plain text, and of masks that were taken for values, with the document they are in. */
export function unsafeSecrets({ loaded: { plan } }: StorePlace, changes: DocumentChanges): readonly string[] {
  const found: string[] = [];
  const look = (id: string, value: unknown, path: ConfigPath, isSecret: (path: ConfigPath) => boolean): void => {
    if (isConfigMap(value)) for (const [key, below] of Object.entries(value)) look(id, below, [...path, key], isSecret);
    else if (Array.isArray(value))
      for (const [at, item] of value.entries()) look(id, item, [...path, String(at)], isSecret);
    else if (value === MASK) found.push(`${id}${id === '' ? '' : ': '}${formatPath(path)} is a mask, not a value`);
    else if (value !== null && isSecret(path)) {
      if (typeof value === 'string' && isEncryptedText(value)) return;
      found.push(`${id}${id === '' ? '' : ': '}${formatPath(path)} is a secret in plain text`);
    }
  };
  for (const [id, document] of changes) {
    if (document !== undefined) look(id, document, [], secretsOfDocument(isConfigMap(document) ? document : {}, plan));
  }
  return found;
}
