import {
  type ConfigIssue,
  type ConfigLayer,
  type ConfigOrigin,
  type ConfigPath,
  type OriginKind,
  type SchemaNode,
  ConfigError,
  childNode,
  createLayer,
  foldKey,
} from '../../core/index.js';
import { ENVIRONMENT_VARIABLES } from '../plain/index.js';
import { type KeyNames, type KnownKey, spellName } from './key-names.js';
import type { VariableOptions } from './key-options.js';
import type { KeyMeaning, RefusedKey, UnknownKey } from './key-resolve.js';
import { type NamedValue, growTree } from './key-tree.js';

/** A variable and its origin. */
export interface Variable {
  readonly name: string;
  readonly text: string;
  readonly origin: ConfigOrigin;
}

/** What {@link variablesLayer} makes a layer from. */
export interface VariablesLayerOptions extends VariableOptions {
  /** `environment`, `.env.production`. */
  readonly name: string;
  readonly kind: OriginKind;
  readonly names: KeyNames;
  readonly variables: Iterable<Variable>;
  readonly resolve: (name: string) => KeyMeaning;
  readonly references: boolean;
  readonly folder?: string;
}

/** A layer that may be used when there are no issues. */
export interface VariablesLayer {
  readonly layer: ConfigLayer;
  /** `forbidden-key`, `invalid-key`, `conflicting-keys`, `missing-item`. */
  readonly issues: readonly ConfigIssue[];
}

/** The layer of those variables that are ours. */
export function variablesLayer(options: VariablesLayerOptions): VariablesLayer {
  const { name, kind, names, references, folder } = options;
  const refusals: ConfigIssue[] = [];
  const unknownKeys: ConfigIssue[] = [];
  const values: NamedValue[] = [];
  for (const variable of options.variables) {
    const { meaning, text } = readVariable(variable, options);
    const { origin } = variable;
    if (meaning.kind === 'refused') refusals.push(refusalIssue(meaning, variable));
    else if (meaning.kind !== 'foreign' && isMeant(meaning, variable, options)) {
      const issue =
        meaning.kind === 'known' ? numberIssue(meaning, variable, names) : unknownIssue(meaning, variable, options);
      if (issue === undefined)
        values.push({ path: meaning.path, value: text, origin, rank: meaning.kind === 'known' ? meaning.rank : 0 });
      else unknownKeys.push(issue);
    }
  }
  const { tree, issues, nearest, first } = growTree(values, names.schema);
  const layer = createLayer({
    name,
    kind,
    tree,
    references,
    ...(unknownKeys.length > 0 && { unknownKeys }),
    locate: (path) => nearest(path)?.origin ?? { kind, source: name, key: spellName(names, path) },
    locateKey: (path) => (first(path) ?? nearest(path))?.origin ?? { kind, source: name, key: spellName(names, path) },
    spell: (path) => spellName(names, path),
    ...(folder !== undefined && { folder }),
  });
  return { layer, issues: [...refusals, ...issues] };
}

/** An error for names that cannot be used, with all findings; one that could reach a prototype decides the code. */
export function unusableNames(where: string, issues: readonly ConfigIssue[]): ConfigError {
  const codes = NAME_CODES.filter((code) => issues.some((issue) => issue.code === code));
  return new ConfigError({
    code: codes[0] ?? 'invalid-key',
    category: 'source',
    message: `Some names ${where} cannot be used.`,
    issues,
  });
}

/** What can be wrong with names, the worst first. */
const NAME_CODES = [
  'forbidden-key',
  'invalid-key',
  'invalid-option',
  'missing-value',
  'conflicting-keys',
  'missing-item',
] as const;

/** The meaning of a variable, and its value. */
function readVariable(
  { name, text }: Variable,
  { resolve, fileVariables = false }: VariablesLayerOptions,
): { readonly meaning: KeyMeaning; readonly text: string } {
  const meaning = resolve(name);
  if (!fileVariables || meaning.kind === 'known' || !name.endsWith(FILE_SUFFIX)) return { meaning, text };
  const meant = resolve(name.slice(0, -FILE_SUFFIX.length));
  if (meant.kind !== 'known' || meant.node.kind === 'section') return { meaning, text };
  if (!NOT_IN_REFERENCES.test(text)) return { meaning: meant, text: text === '' ? '' : `\${file:${text}}` };
  const message = 'names a file with "$", braces or ":-" in its name, which cannot be referred to';
  const refused = {
    kind: 'refused',
    code: 'invalid-key',
    message,
    hint: 'Rename the file, or mount it elsewhere.',
  } as const;
  return { meaning: { ...refused, path: meant.path }, text };
}

const FILE_SUFFIX = '_FILE';
/** What would end a reference or begin another one. */
const NOT_IN_REFERENCES = /[${}]|:-/;

function isMeant(
  meaning: KeyMeaning,
  { name, text }: Variable,
  { names, emptyVariables = 'unset' }: VariablesLayerOptions,
): boolean {
  if (meaning.kind === 'unknown') return !ENVIRONMENT_VARIABLES.includes(name);
  if (meaning.kind !== 'known') return true;
  if (meaning.node.kind === 'leaf') return text !== '' || emptyVariables === 'keep';
  // An empty string is no section, list or map.
  if (text.trim() === '') return false;
  // Without a prefix a section called `user` must not take the machine's own USER.
  const short = meaning.rank === 0 && names.prefix === '' && !name.includes(names.separator);
  return !short || /^\s*[{[]/.test(text);
}

/** An address is no number: Kubernetes sets it for a service, even where a number is called `port`. */
function numberIssue({ node, path }: KnownKey, variable: Variable, names: KeyNames): ConfigIssue | undefined {
  const isNumber = node.kind === 'leaf' && (node.type === 'integer' || node.type === 'number');
  return isNumber && variable.text.includes('://') ? linkIssue(path, variable, names) : undefined;
}

/** Why a name that no field has is no setting of other code either. */
function unknownIssue(key: UnknownKey, variable: Variable, options: VariablesLayerOptions): ConfigIssue | undefined {
  const { path, misspelled = false, meant } = key;
  return (
    linkIssue(path, variable, options.names) ??
    namedFileIssue(path, variable, options) ??
    (misspelled || meant !== undefined ? misspelledIssue(key, variable, options.names) : undefined)
  );
}

/** Variables that Kubernetes sets for a service are no settings. */
function linkIssue(path: ConfigPath, { name, text, origin }: Variable, names: KeyNames): ConfigIssue | undefined {
  const hint = origin.kind === 'environment' ? serviceLinkHint(name, text, names.prefix) : undefined;
  return hint === undefined ? undefined : { code: 'unknown-key', path, message: 'is not a setting', hint, origin };
}

/** A variable `NAME_FILE` beside a setting `NAME`, where files are not asked for. */
function namedFileIssue(
  path: ConfigPath,
  { name, origin }: Variable,
  { resolve, names, fileVariables = false }: VariablesLayerOptions,
): ConfigIssue | undefined {
  if (fileVariables || !name.endsWith(FILE_SUFFIX)) return undefined;
  const meant = resolve(name.slice(0, -FILE_SUFFIX.length));
  if (meant.kind !== 'known' || meant.node.kind === 'section') return undefined;
  let around: SchemaNode | undefined = names.schema;
  for (const key of path.slice(0, -1)) around = childNode(around, key);
  // What an open section does not declare may be a setting of this very name.
  if (around?.kind === 'section' && around.open === true) return undefined;
  const setting = name.slice(0, -FILE_SUFFIX.length);
  const hint = `Write fileVariables: true in the source's options, for ${setting} to be what is in the file that it names.`;
  return { code: 'unknown-key', path, message: 'is not a setting', hint, origin };
}

function misspelledIssue({ path, meant = path }: UnknownKey, { origin }: Variable, names: KeyNames): ConfigIssue {
  const hint = `Did you mean ${spellName(names, meant)}?`;
  return { code: 'unknown-key', path, message: 'is not a known key in this spelling', hint, origin };
}

function refusalIssue(refusal: RefusedKey, { origin }: Variable): ConfigIssue {
  const { code, path, message, hint } = refusal;
  return { code, path, message, hint, origin };
}

/** `ORDERS_SERVICE_HOST`, `ORDERS_SERVICE_PORT_HTTP`, `ORDERS_PORT`, `ORDERS_PORT_80_TCP_ADDR`. */
const LINK =
  /^(.+?)_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/** The only value of these variables that could be a setting. */
const ADDRESS = /^(?:tcp|udp|sctp):\/\//;

/**
 * The fix for a variable that Kubernetes sets in every container for a service of the namespace; `undefined` for any other.
 * One called `app` takes the prefix `APP_`.
 */
function serviceLinkHint(name: string, text: string, prefix: string): string | undefined {
  const [, service] = LINK.exec(name) ?? [];
  if (service === undefined) return undefined;
  if (name === `${service}_PORT` && !ADDRESS.test(text)) return undefined;
  const shown = service.toLowerCase().replaceAll('_', '-');
  const keys = ['PORT', 'SERVICE'].map((word) => `'${foldKey(`${service}_${word}`.slice(prefix.length))}*'`);
  return (
    `Kubernetes sets it for the service "${shown}": write enableServiceLinks: false in the spec of the pod, ` +
    `choose another prefix, or foreignKeys: [${keys.join(', ')}].`
  );
}
