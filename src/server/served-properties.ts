import { canonicalPath } from '../binding/index.js';
import {
  ConfigError,
  type ConfigLayer,
  type ConfigPath,
  formatPath,
  holdsSecretKeys,
  isConfigMap,
  isEncryptedText,
  isForbiddenKey,
  isSecureValue,
  isTemplateProblem,
  MASK,
  maskCredentials,
  mayHoldReferences,
  parseTemplate,
  secretAt,
  secretBytes,
  type SecretLevel,
  type Template,
  UNSET,
} from '../core/index.js';
import { type LoadPlan, secretsOfDocument } from '../runtime/index.js';

export interface ServedProperty {
  /** As Spring writes it: `server.hosts[0].name`. */
  readonly key: string;
  readonly path: ConfigPath;
  /** The only symbol is the one that removes what is below. */
  readonly value: string | number | boolean | null | symbol;
  /** `config/app.yaml:3:5`. */
  readonly origin: string;
  /** Of a secret: whether it is stored as ciphertext, and opened without the indexes of lists. */
  readonly secret?: { readonly isEncrypted: boolean; readonly level: SecretLevel; readonly scope: ConfigPath };
}

/** What of a layer may be handed out, with what becomes of secrets. */
export interface HandedProperty {
  readonly key: string;
  readonly value: string | number | boolean | null;
  readonly origin: string;
}

/** A secret that was opened for somebody. */
export interface OpenedProperty {
  readonly path: string;
  readonly level: SecretLevel;
  readonly kid: string | undefined;
}

/** What stands for a secret that cannot be opened: what Spring writes, under a key that no setting has. */
const NOT_OPENED = '<n/a>';
const WITHHELD = '<withheld: a secret that is not encrypted>';

/** The properties of a layer. What variables and arguments of this process say is no setting of the application. */
export function propertiesOf(layer: ConfigLayer, plan: LoadPlan): readonly ServedProperty[] {
  if (layer.kind === 'environment' || layer.kind === 'command-line' || layer.kind === 'default') return [];
  const { schema } = plan;
  const isSecret = secretsOfDocument(layer.tree, plan, layer.references);
  return [...leavesOf(layer.tree, { path: [], names: [], key: '' })].map(({ value, path, names, key }) => {
    const canonical = canonicalPath(schema, path);
    const { source, line, column } = layer.locate(path);
    const place = line === undefined ? source : `${source}:${String(line)}:${String(column ?? 1)}`;
    const common = { key, path: canonical, value: plainOf(value), origin: maskCredentials(place) };
    if (!isSecretValue(value, isSecret(path), layer.references)) return common;
    const level = secretAt(schema, canonical)?.rule.level ?? 'encrypt';
    const isEncrypted = typeof value === 'string' && isEncryptedText(value);
    return { ...common, secret: { isEncrypted, level, scope: canonical.filter((_, at) => names[at] === true) } };
  });
}

/** The properties as a caller without any right to secrets gets them. */
export function handed({ key, value, origin, secret }: ServedProperty): HandedProperty | undefined {
  if (typeof value === 'symbol') return undefined;
  if (secret?.isEncrypted === false) return { key: `invalid.${key}`, value: WITHHELD, origin };
  return { key, value, origin };
}

/** The same for a caller who may have secrets in plain text. */
export function handedOpen(
  property: ServedProperty,
  { secrets }: LoadPlan,
  opened: (secret: OpenedProperty) => void,
): HandedProperty | undefined {
  const { key, value, origin, path, secret } = property;
  if (secret === undefined || typeof value === 'symbol') return handed(property);
  const { isEncrypted, level, scope } = secret;
  if (!isEncrypted) {
    // One that the program holds itself is not read from a source.
    if (value === MASK) return handed(property);
    opened({ path: formatPath(path), level, kid: undefined });
    return { key, value, origin };
  }
  try {
    const content = secrets.open(String(value), scope, level);
    const bytes = secretBytes(content);
    const text = bytes.toString('utf8');
    bytes.fill(0);
    opened({ path: formatPath(path), level, kid: content.kid });
    return { key, value: text, origin };
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return { key: `invalid.${key}`, value: NOT_OPENED, origin };
  }
}

function isSecretValue(value: unknown, isDeclared: boolean, references: boolean): boolean {
  if (isSecureValue(value)) return true;
  if (typeof value !== 'string') return isDeclared && value !== null && value !== UNSET;
  if (isEncryptedText(value)) return true;
  if (value === '') return false;
  const template = references && mayHoldReferences(value) ? parseTemplate(value) : [value];
  const text = isTemplateProblem(template) ? value : withoutReferences(template);
  // A password that is a reference alone gives nothing away.
  const bare = text.replaceAll(REFERRED_USER_INFO, () => `${MASK}@`);
  if (maskCredentials(bare) !== bare || holdsSecretKeys(bare)) return true;
  if (!isDeclared || isTemplateProblem(template)) return isDeclared;
  return text === value || (!bare.includes('://') && /[\p{L}\p{N}]/u.test(bare.replaceAll(MASK, '')));
}

/** What of a string is written there: escapes, and what stands in for a reference that is not there, included. */
function withoutReferences(template: Template): string {
  return template
    .map((part) => (typeof part === 'string' ? part : MASK + (part.fallback ? withoutReferences(part.fallback) : '')))
    .join('');
}

const REFERRED_USER_INFO = /(?<=^|:\/\/|[\s"'])[\w.~%+-]{0,64}:(?:\[secure\])+@/g;

interface Leaf {
  readonly path: ConfigPath;
  /** Which of its steps are names: secrets are bound to a path without the indexes of lists. */
  readonly names: readonly boolean[];
  readonly key: string;
}

function* leavesOf(value: unknown, leaf: Leaf): Generator<Leaf & { readonly value: unknown }> {
  const isList = Array.isArray(value);
  if (!isList && !isConfigMap(value)) {
    yield { ...leaf, value };
    return;
  }
  const entries = Object.entries(value);
  // As in Spring, an empty list or map is an empty string.
  if (entries.length === 0 && leaf.path.length > 0) yield { ...leaf, value: '' };
  for (const [name, below] of entries) {
    // A client that builds objects from keys could change the prototype of all of them.
    if (isForbiddenKey(name)) continue;
    const path = [...leaf.path, name];
    yield* leavesOf(below, { path, names: [...leaf.names, !isList], key: keyBelow(leaf.key, name, isList) });
  }
}

function keyBelow(key: string, name: string, isIndex: boolean): string {
  if (isIndex || !/^[^.[\]]+$/.test(name)) return `${key}[${name}]`;
  return key === '' ? name : `${key}.${name}`;
}

function plainOf(value: unknown): ServedProperty['value'] {
  if (value === null || value === UNSET || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (isSecureValue(value)) return MASK;
  // What is an instance of a class says itself what it is in JSON: a date, a duration, a URL.
  const { value: json = null } = JSON.parse(JSON.stringify({ value })) as { readonly value?: unknown };
  return typeof json === 'string' || json === null ? json : JSON.stringify(json);
}
