import {
  type ConfigPath,
  isConfigMap,
  isSecureValue,
  parsePath,
  secretContent,
  secretPlaces,
  type SecretLevel,
  type SecretPlace,
  type SecretReaders,
  type SecretRule,
} from '../../core/index.js';
import type { Finding } from './bind-context.js';

/** How strictly secrets are kept, low to high. */
const LEVELS: readonly SecretLevel[] = ['mask', 'encrypt', 'sealed'];
const AUDITS: readonly SecretRule['audit'][] = [undefined, 'best-effort', 'required'];

/**
 * The issue of a field that is less strict than a secret in it: users of the field would bypass the secret's rule.
 */
export function lessStrict(rule: SecretRule, { path, rule: origin }: SecretPlace, at: ConfigPath): Finding | undefined {
  const lacks: string[] = [];
  const asks: string[] = [];
  if (LEVELS.indexOf(rule.level) < LEVELS.indexOf(origin.level)) {
    lacks.push(`level ${origin.level}, not ${rule.level}`);
    asks.push(`level: '${origin.level}'`);
  }
  if (hasOtherReaders(rule.readers, origin.readers)) {
    lacks.push(`readers ${namesOf(origin.readers)}, not ${namesOf(rule.readers)}`);
    asks.push(
      `readers: ${origin.readers === 'injected' ? "'injected'" : `() => [${(origin.readers ?? []).map(({ name }) => name).join(', ')}]`}`,
    );
  }
  if (AUDITS.indexOf(rule.audit) < AUDITS.indexOf(origin.audit)) {
    lacks.push(`audit ${origin.audit ?? 'none'}, not ${rule.audit ?? 'none'}`);
    asks.push(`audit: '${origin.audit ?? ''}'`);
  }
  if (lacks.length === 0) return undefined;
  return {
    code: 'less-strict-secret',
    path: at,
    message: `receives the secret ${path}, which is kept more strictly: ${lacks.join('; ')}`,
    hint: `Declare it with @Secure({ ${asks.join(', ')} }), or do not refer to ${path} here.`,
    fields: [at, parsePath(path)],
  };
}

/** True when a reader of the field has no right to read the secret it is built from. */
function hasOtherReaders(readers: SecretReaders | undefined, allowed: SecretReaders | undefined): boolean {
  if (allowed === undefined || readers === 'injected') return allowed !== undefined && allowed !== 'injected';
  if (readers === undefined) return true;
  return allowed !== 'injected' && !readers.every((reader) => allowed.includes(reader));
}

function namesOf(readers: SecretReaders | undefined): string {
  if (readers === undefined) return 'everybody';
  if (readers === 'injected') return 'that inject it';
  return readers.length === 0 ? 'nobody' : readers.map(({ name }) => name).join(', ');
}

/** True for a map or list with a sealed value in it: as one string it would be open all the time. */
export function holdsSealed(raw: unknown): boolean {
  if (Array.isArray(raw)) return raw.some(isSealedOrHolds);
  return isConfigMap(raw) && Object.values(raw).some(isSealedOrHolds);
}

function isSealedOrHolds(value: unknown): boolean {
  if (!isSecureValue(value)) return holdsSealed(value);
  return secretContent(value).kind === 'sealed' || secretPlaces(value).some(({ rule }) => rule.level === 'sealed');
}
