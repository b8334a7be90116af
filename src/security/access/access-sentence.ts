import type { AccessRight, SecretReaders } from '../../core/index.js';
import { EVERY_PATH } from './access-rule.js';
import { describeSubject, readerName } from './access-subject.js';
import type { AccessQuestion, Verdicts } from './decide-access.js';

export function accessSentence({ subject, right, path, declared }: AccessQuestion, verdicts: Verdicts): string {
  const may = isAllowed(verdicts) ? 'may' : 'may not';
  return `${describeSubject(subject)} ${may} ${deed(right, path)}: ${because(verdicts, path, declared.readers)}.`;
}

export function isAllowed({ reason }: Verdicts): boolean {
  return reason === 'allow-rule' || reason === 'declared-reader' || reason === 'open';
}

function deed(right: AccessRight, path: string): string {
  if (path === EVERY_PATH) return `${right} all secrets`;
  const shown = `"${path.length > 120 ? `${path.slice(0, 120)}…` : path}"`;
  return right === 'read-masked' ? `read ${shown}, even masked` : `${right} ${shown}`;
}

function because({ reason, rule, unsure = false }: Verdicts, path: string, readers: SecretReaders | undefined): string {
  const label = `the rule "${rule?.label ?? ''}"`;
  switch (reason) {
    case 'deny-rule':
      return unsure
        ? `${label} denies it to ${named(rule)}, and an unidentified caller may be exactly that one`
        : `${label} denies it`;
    case 'allow-rule':
      return `${label} allows it`;
    case 'declared-reader':
      return '@Secure names it as a reader';
    case 'not-a-reader':
      if (readers === 'injected') return 'only classes that inject it may';
      return readers?.length === 0
        ? '@Secure names no readers at all'
        : `only its readers may, which are ${(readers ?? []).map(readerName).join(', ')}`;
    case 'principal-needed':
      return `${label} allows it on behalf of ${listed(rule?.rule.principals ?? [])} only`;
    case 'tenant-needed':
      return `${label} allows it for ${tenantsIn(rule)} only`;
    case 'not-in-a-rule':
      return `${label} allows it to ${named(rule)} only`;
    case 'closed':
      if (path === EVERY_PATH) return 'no rule allows it at all paths';
      return readers === undefined ? 'it is sealed, and nothing allows it' : 'it has readers, and no rule allows it';
    case 'open':
      return 'nothing forbids it';
    case 'unreadable-path':
      return 'the path is too long to be asked about';
  }
}

function named(rule: Verdicts['rule']): string {
  const { readers, principals, tenants } = rule?.rule ?? {};
  const code = readers === undefined || readers.includes('*') ? undefined : readers.map(readerName).join(', ');
  const behalf = principals === undefined ? undefined : `on behalf of ${listed(principals)}`;
  const whose = tenants === undefined ? undefined : `for ${tenantsIn(rule)}`;
  return [code ?? 'code', behalf, whose].filter((part) => part !== undefined).join(' ');
}

function tenantsIn(rule: Verdicts['rule']): string {
  const tenants = rule?.rule.tenants ?? [];
  if (tenants.includes('*')) return 'tenants';
  return `the tenant${tenants.length === 1 ? '' : 's'} ${listed(tenants)}`;
}

function listed(principals: readonly string[]): string {
  return principals.includes('*') ? 'somebody' : principals.map((principal) => `"${principal}"`).join(', ');
}

/** What to write so that it would be allowed. */
export function accessWayOut({ subject, right, path, declared }: AccessQuestion, verdicts: Verdicts): string {
  const { reason, unsure = false } = verdicts;
  const reader = subject.reader === undefined ? undefined : readerName(subject.reader);
  const clause = reader === undefined ? `principals: ['…']` : `readers: ['${reader}']`;
  const allow = `add { effect: 'allow', paths: ['${path}'], rights: ['${right}'], ${clause} } to the access policy`;
  switch (reason) {
    case 'deny-rule':
      return unsure
        ? `Identify the caller: inject the secret with @InjectSecret, and run the work in runAs(principal, …). Or change that rule of the access policy.`
        : `Change that rule of the access policy; an allow rule does not outweigh it.`;
    case 'principal-needed':
      return `Run the work in runAs(principal, …) for one whom the rule names. Work that waits in a queue of its own loses its principal: call runAs again where it is taken out.`;
    case 'tenant-needed':
      return 'Run the work for a tenant that the rule names, within tenants.run(id, …), or change that rule of the access policy.';
    case 'not-a-reader':
    case 'not-in-a-rule':
    case 'closed':
      if (right !== 'use') return `To allow it, ${allow}.`;
      if (reader === undefined) {
        return declared.readers === undefined
          ? `Add the consumer to its readers: @Secure({ readers: […] }), and inject the secret there with @InjectSecret. Or ${allow}.`
          : `Inject the secret into ${declared.readers === 'injected' ? 'the class that needs it' : 'one of its readers'} with @InjectSecret and use that handle.`;
      }
      return `Add ${reader} to the readers of the field: @Secure({ readers: [${reader}] }). Or ${allow}.`;
    case 'unreadable-path':
      return 'Shorten the keys.';
    case 'allow-rule':
    case 'declared-reader':
    case 'open':
      return '';
  }
}
