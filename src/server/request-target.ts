export type RequestTarget =
  | { readonly kind: 'environment'; readonly place: TargetPlace }
  | { readonly kind: 'flat'; readonly place: TargetPlace; readonly format: FlatFormat; readonly resolve: boolean }
  | { readonly kind: 'health'; readonly probe: 'health' | 'readiness' | 'liveness' }
  | { readonly kind: 'nothing' }
  /** It is built to lead elsewhere, or to cost too much. */
  | { readonly kind: 'refused' };

/** Whose settings, for which profiles, in which version. */
export interface TargetPlace {
  readonly application: string;
  readonly profiles: readonly string[];
  /** The server's own when absent. */
  readonly label: string | undefined;
}

/** All of the settings as one document. */
export type FlatFormat = 'json' | 'yml' | 'properties';

const LONGEST_URL = 2_048;
const MOST_PROFILES = 10;
const NOTHING: RequestTarget = { kind: 'nothing' };
const REFUSED: RequestTarget = { kind: 'refused' };

/** Reads the target of a request, in the forms that Spring Cloud Config has. */
export function targetOf(url: string): RequestTarget {
  const [path = '', query = ''] = url.split('?', 2);
  if (url.length > LONGEST_URL || !path.startsWith('/')) return REFUSED;
  const raw = path.slice(1).split('/');
  if (path === '/') return NOTHING;
  const parts = raw.map(decoded);
  if (parts.some((part) => part === undefined)) return REFUSED;
  if (parts.length > 3) return NOTHING;
  const [first = '', second, third] = parts.filter((part) => part !== undefined);
  if (first === 'actuator') return healthOf(second, third);
  const file = third === undefined ? FILE.exec(second ?? first) : null;
  if (file !== null) return flat(file, second === undefined ? undefined : first, query);
  if (second === undefined) return NOTHING;
  const place = placeOf(first, second, third);
  return place === undefined ? REFUSED : { kind: 'environment', place };
}

/** `orders-production.yml`; profiles with hyphens cannot be told from the name. */
const FILE = /^(.+)-([^-]+)\.(json|ya?ml|properties)$/;

function flat(
  [, name = '', profiles = '', ending]: RegExpExecArray,
  label: string | undefined,
  query: string,
): RequestTarget {
  const place = placeOf(name, profiles, label);
  if (place === undefined) return REFUSED;
  const format = ending === 'json' || ending === 'properties' ? ending : 'yml';
  return { kind: 'flat', place, format, resolve: new URLSearchParams(query).get('resolvePlaceholders') !== 'false' };
}

function healthOf(endpoint: string | undefined, group: string | undefined): RequestTarget {
  if (endpoint !== 'health') return NOTHING;
  if (group === undefined) return { kind: 'health', probe: 'health' };
  return group === 'readiness' || group === 'liveness' ? { kind: 'health', probe: group } : NOTHING;
}

function placeOf(application: string, profiles: string, label: string | undefined): TargetPlace | undefined {
  const listed = profiles.split(',');
  const isLegal = listed.length <= MOST_PROFILES && listed.every((profile) => PROFILE.test(profile));
  return isLegal ? { application, profiles: listed, label } : undefined;
}

/** As Spring has it: letters, digits and `-_.+@`, the first and the last a letter or a digit. */
const PROFILE = /^[\p{L}\p{N}](?:[\p{L}\p{N}\-_.+@]{0,98}[\p{L}\p{N}])?$/u;

/** Decoded once: what would change if it were decoded again is refused. `(_)` is a slash, as in Spring. */
function decoded(part: string): string | undefined {
  try {
    const text = decodeURIComponent(part).replaceAll('(_)', '/');
    return PART.test(text) && !text.includes('..') ? text : undefined;
  } catch {
    return undefined;
  }
}

const PART = /^[\p{L}\p{N}_@][^\s\\#%?\p{Cc}]{0,199}$/u;
