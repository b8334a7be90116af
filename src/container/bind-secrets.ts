import type { ContainerModuleLoadOptions } from 'inversify';
import { secretFields } from '../binding/index.js';
import { formatPath, parsePath, wholeSecretAt, type SecretReader, type SecretRule } from '../core/index.js';
import type { AccessPolicy } from '../security/index.js';
import type { ConfigScope, SectionUse } from './config-scope.js';
import { forgetPlans } from './forget-plans.js';
import { CONSUMER } from './inject-secret.js';
import { createSecretHandle, type SecretPlace } from './secret-handle.js';
import { requestSecret, requestsOf, type ConsumerClass, type SecretRequest } from './secret-requests.js';
import { SECRETS, type BoundSecret } from './container-errors.js';

/** A handle, and its consumers: a class, all classes of a name, or every class without a grant of its own. */
interface Grant {
  readonly reader: ConsumerClass | SecretReader | undefined;
}

/**
 * Binds the handles of the secrets of sections: for each consumer that may hold one a handle of its own.
 * The tag of `@InjectSecret` decides whether a consumer gets one. It is part of the key under which inversify caches plans:
 * a plan made for one consumer is never used for another.
 */
export function bindSecrets(container: ContainerModuleLoadOptions, uses: readonly SectionUse[]): void {
  const bound: BoundSecret[] = [];
  for (const { scope, index, entry, plan } of uses) {
    const policy = scope.access;
    const declared = secretFields(plan).map(({ keys }) => requestSecret(entry.target, formatPath(keys)));
    for (const request of new Set([...declared, ...requestsOf(entry.target)])) {
      const keys = parsePath(request.field);
      const rule = wholeSecretAt(plan, keys);
      const path = formatPath([...entry.path, ...keys]);
      bound.push({ section: entry.target.name, field: request.field, name: entry.name, path, rule, policy });
      if (rule === undefined) continue;
      bindHandles(container, request, { scope, index, keys, path }, { rule, policy, name: entry.name });
    }
  }
  if (bound.length > 0) container.bind(SECRETS).toConstantValue(bound);
}

interface Terms {
  readonly rule: SecretRule;
  readonly policy: AccessPolicy;
  readonly name: string | undefined;
}

function bindHandles(
  container: ContainerModuleLoadOptions,
  { identifier, consumers, scope }: SecretRequest,
  place: SecretPlace & { readonly scope: ConfigScope },
  { rule, policy, name }: Terms,
): void {
  const mayHold = (reader: Grant['reader'] | string): boolean => policy.mayHold(reader, place.path, rule);
  const grants = readersOf(place.path, rule, policy, consumers)
    .filter(mayHold)
    .map((reader): Grant => ({ reader }));
  if (mayHold(undefined)) grants.push({ reader: undefined });
  for (const grant of grants) {
    container
      .bind(identifier)
      .toDynamicValue((context) => {
        const own = place.scope.in(context);
        return createSecretHandle({ ...place, scope: scope === undefined ? own : own.view(scope) }, grant.reader);
      })
      .inTransientScope()
      .when(({ name: asked, tags }) => {
        // Nothing but @InjectSecret writes this tag.
        const consumer = tags.get(CONSUMER) as ConsumerClass | undefined;
        return asked === name && consumer !== undefined && choose(grants, consumer) === grant;
      });
  }
  forgetPlans(container, identifier);
}

/** All consumers that inject it, or are named. */
function readersOf(
  path: string,
  { readers }: SecretRule,
  policy: AccessPolicy,
  consumers: ReadonlySet<ConsumerClass>,
): readonly (ConsumerClass | SecretReader)[] {
  const named = policy.readersNamed(path).map((reader) => (typeof reader === 'string' ? { name: reader } : reader));
  const declared = readers === 'injected' ? [] : (readers ?? []);
  return [...new Set([...consumers, ...declared, ...named])];
}

/** Its own handle, else that of its name, else the shared one, which exists only where no consumer is refused. */
function choose(grants: readonly Grant[], consumer: ConsumerClass): Grant | undefined {
  return (
    grants.find(({ reader }) => reader === consumer) ??
    grants.find(({ reader }) => typeof reader === 'object' && reader.name === consumer.name) ??
    grants.find(({ reader }) => reader === undefined)
  );
}
