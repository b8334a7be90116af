import {
  type ConfigIssue,
  type ConfigOrigin,
  type ConfigPath,
  type SchemaNode,
  type Selectors,
  childNode,
  ConfigError,
  formatPath,
  isConfigMap,
  selectorText,
} from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import { type Traceable, decidedBy, originOf, winningLayer, winningValue } from '../rows/index.js';
import { shownText, shownValue, waysToSet } from '../generation/index.js';

/** Gives issues their origin and the fix in the spelling of the source they came from. */
export function completeIssues(findings: readonly Finding[], from: Traceable): readonly ConfigIssue[] {
  return findings.map((finding) => completeIssue(finding, from));
}

function completeIssue(finding: Finding, from: Traceable): ConfigIssue {
  const { code, path, fields } = finding;
  const [origin, ...related] = finding.origin
    ? [finding.origin]
    : fields
      ? placesOf(fields, from)
      : placeOf(path, from);
  const initial = origin === undefined ? refusedDefault(finding, from) : undefined;
  const hint = finding.hint ?? hintFor(finding, from);
  return {
    code,
    path,
    message: finding.message,
    ...(origin !== undefined && { origin }),
    ...initial,
    ...(related.length > 0 && { related }),
    ...(hint !== undefined && { hint }),
  };
}

/** What is reported of a refused default: its value, unless the message has it, and its field. */
function refusedDefault(
  { path, message, declared }: Finding,
  from: Traceable,
): Pick<ConfigIssue, 'message' | 'origin'> | undefined {
  if (declared === undefined) return undefined;
  const initial = decidedBy(from, path);
  if (initial?.origin.kind !== 'default') return undefined;
  const isScalar = ['string', 'number', 'boolean', 'bigint'].includes(typeof initial.value);
  const got = shownText(shownValue(from, path, initial.value));
  const isTold = !isScalar || message.includes(', got ') || from.plan.isSecret(path);
  // Words of the service's own may be whole sentences.
  const told = /[.!?]$/.test(message) ? `${message} Got ${got}.` : `${message}, got ${got}`;
  return { message: isTold ? message : told, origin: { ...initial.origin, key: declared } };
}

/** Where the fields that a rule names come from, defaults included. */
function placesOf(fields: readonly ConfigPath[], from: Traceable): readonly ConfigOrigin[] {
  return fields.flatMap((path) => (isMerged(path, from) ? [] : (decidedBy(from, path)?.origin ?? [])));
}

function placeOf(path: ConfigPath, from: Traceable): readonly ConfigOrigin[] {
  if (isMerged(path, from)) return [];
  return [originOf(from, path) ?? itemPlace(path, from) ?? []].flat();
}

/** What an item of a list or map lacks is nowhere, but the item is somewhere, and there the line belongs. */
function itemPlace(path: ConfigPath, from: Traceable): ConfigOrigin | undefined {
  let node: SchemaNode | undefined = from.plan.schema;
  let item = 0;
  for (const [at, key] of path.entries()) {
    if (node?.kind === 'list' || node?.kind === 'map') item = at + 1;
    node = childNode(node, key);
  }
  return item === 0 || item === path.length ? undefined : originOf(from, path.slice(0, item));
}

/**
 * True for a section, whose keys may come from every layer: the one that wins some of them is not the origin of the whole.
 * An item of a list comes from one layer, and so does a value in place of a section.
 */
function isMerged(path: ConfigPath, from: Traceable): boolean {
  let node: SchemaNode | undefined = from.plan.schema;
  for (const key of path) {
    node = childNode(node, key);
    if (node?.kind === 'list') return false;
  }
  return node?.kind === 'section' && isConfigMap(winningValue(from, path));
}

function hintFor(finding: Finding, from: Traceable): string | undefined {
  const { code, path, nearest } = finding;
  if (nearest !== undefined) return `Did you mean ${spelledLike(finding, nearest, from)}?`;
  if (code === 'missing' || code === 'required') return howToSet(path, from);
  return undefined;
}

/** Settings in a map are set one by one; a single setting by its own name. */
function howToSet(path: ConfigPath, from: Traceable): string {
  let node: SchemaNode | undefined = from.plan.schema;
  for (const key of path) node = childNode(node, key);
  const [first = path, ...others] = holdsGroup(node) ? firstLeaves(node, path) : [];
  const ways = waysToSet(first, from).join(' or ');
  if (others.length === 0) return `Set ${ways}.`;
  const named = others.slice(0, MOST_NAMED).map((other) => formatPath(other.slice(path.length)));
  const more = others.length > MOST_NAMED ? ', …' : '';
  return `Set ${ways}, and likewise ${named.join(', ')}${more}.`;
}

const MOST_NAMED = 3;
/** Classes may hold themselves. */
const MOST_LEVELS = 8;

function holdsGroup(node: SchemaNode | undefined): node is Exclude<SchemaNode, { kind: 'leaf' }> {
  return node?.kind === 'section' || ((node?.kind === 'list' || node?.kind === 'map') && holdsGroup(node.item));
}

/** Some of the settings below a map, or below the first item of a list or map. */
function firstLeaves(node: SchemaNode, path: ConfigPath, levels = MOST_LEVELS): readonly ConfigPath[] {
  if (node.kind === 'leaf') return [path];
  if (levels === 0) return [];
  if (node.kind === 'list') return holdsGroup(node) ? firstLeaves(node.item, [...path, '0'], levels - 1) : [path];
  if (node.kind === 'map') return holdsGroup(node) ? firstLeaves(node.item, [...path, 'name'], levels - 1) : [path];
  const found: ConfigPath[] = [];
  for (const [key, { node: below }] of node.keys) {
    found.push(...firstLeaves(below, [...path, key], levels - 1));
    if (found.length > MOST_NAMED + 1) break;
  }
  return found;
}

/** The legal key as the source of the wrong one would spell it, with what it wrote below the wrong one. */
function spelledLike({ path: wrong, origin }: Finding, right: ConfigPath, from: Traceable): string {
  const layer = winningLayer(from, wrong);
  if (layer?.spell === undefined) return formatPath(right);
  const spelled = layer.spell(wrong);
  const below = origin?.key.startsWith(spelled) === true ? origin.key.slice(spelled.length) : '';
  return `${layer.spell(right)}${below}`;
}

/** One error for all issues. */
export function invalidSettings(issues: readonly ConfigIssue[], selectors: Selectors): ConfigError {
  const count = issues.length === 1 ? '1 setting is' : `${String(issues.length)} settings are`;
  const onlyRules = issues.every(({ code }) => code === 'constraint' || code.startsWith('rule'));
  const onlyReferences = issues.every(({ code }) => code.includes('reference'));
  const onlyVersions = issues.every(({ code }) => code === 'not-migrated');
  return new ConfigError({
    code: 'invalid-settings',
    category: onlyRules ? 'validation' : onlyReferences ? 'reference' : onlyVersions ? 'migration' : 'binding',
    message: `${count} not valid (${selectorText(selectors)}):`,
    issues,
  });
}
