import {
  childNode,
  type ConfigLayer,
  type ConfigPath,
  type SchemaNode,
  type Template,
  ConfigError,
  EXTENDS,
  formatPath,
  isConfigMap,
  isForTenants,
  isTemplateProblem,
  isWithin,
  itemShape,
  mayHoldReferences,
  parentOf,
  parsePath,
  parseTemplate,
  tenantAccessAt,
} from '../../core/index.js';
import { type Finding, canonicalPath, sourcePath } from '../../binding/index.js';
import { type GenerationFacts, isHidden } from '../generation/index.js';
import type { LoadPlan } from '../plan/index.js';
import { rowOf, segmentAt } from '../rows/index.js';
import { inheritedSecrets, joinedSecrets, type SaidBy, saysIn } from './inherited-secrets.js';

/**
 * Forbidden content of a tenant's document: fields that are not the tenants', and references to values that tenants may not
 * see: environment variables, files, fields of the system, secrets of the base; and places that secrets of others would be
 * sent to. Checked before any of it is resolved.
 */
export function strangersWords(said: SaidBy): readonly Finding[] {
  const stranger = new Stranger(said);
  for (const { layer, parts } of said.tenant.layers) {
    for (const [{ schema }, { tree, path }] of parts) stranger.hear(layer, schema, tree, path);
  }
  return stranger.findings;
}

/** True for a section of which tenants may set something. */
export function isOpenToTenants({ schema }: LoadPlan, path: ConfigPath): boolean {
  let node: SchemaNode | undefined = schema;
  for (const key of path) node = childNode(node, key);
  return some(node, tenantAccessAt(schema, path), isForTenants);
}

class Stranger {
  public readonly findings: Finding[] = [];
  readonly #said: SaidBy;
  readonly #base: GenerationFacts;

  public constructor(said: SaidBy) {
    this.#said = said;
    this.#base = said.base;
  }

  public hear(layer: ConfigLayer, node: SchemaNode | undefined, value: unknown, path: ConfigPath): void {
    if (isConfigMap(value)) {
      const isEmpty = Object.keys(value).length === 0 && node?.kind !== 'section';
      if (isEmpty) this.#override(layer, node, value, path);
      for (const [key, below] of Object.entries(value)) {
        if (key === EXTENDS && typeof below === 'string') this.#inherit(layer, below, path);
        else this.hear(layer, childNode(node, key), below, [...path, key]);
      }
      return;
    }
    this.#override(layer, node, value, path);
    if (Array.isArray(value)) this.#items(layer, node, value, path);
    if (layer.references) this.#texts(layer, value, path);
  }

  /** A single value, or one in place of a map that determines all that is below. */
  #override(layer: ConfigLayer, node: SchemaNode | undefined, value: unknown, path: ConfigPath): void {
    const access = tenantAccessAt(this.#base.plan.schema, path);
    if (some(node, access, (each) => !isForTenants(each))) {
      this.#find(layer, path, {
        code: 'forbidden-override',
        message: 'is set for all tenants; none may set it for itself',
        hint: 'Remove it from the document of the tenant.',
      });
      return;
    }
    const [secret] = [...inheritedSecrets(path, this.#said), ...joinedSecrets(path, value, this.#said)];
    if (secret === undefined) return;
    this.#find(layer, path, {
      code: 'forbidden-override',
      message: `would have ${formatPath(secret)} sent where the tenant wants, and that secret is not the tenant's`,
      hint: `Set ${formatPath(secret)} in the document of the tenant as well, or remove this from it.`,
    });
  }

  /** What the items of a list inherit from, and what lies in them. */
  #items(layer: ConfigLayer, node: SchemaNode | undefined, value: unknown, path: ConfigPath): void {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#items(layer, itemShape(node), item, [...path, String(index)]);
    } else if (isConfigMap(value)) {
      for (const [key, below] of Object.entries(value)) {
        const isParent = key === EXTENDS && node?.kind === 'section' && typeof below === 'string';
        if (isParent) this.#inherit(layer, below, path);
        else this.#items(layer, childNode(node, key), below, [...path, key]);
      }
    }
  }

  #texts(layer: ConfigLayer, value: unknown, path: ConfigPath): void {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#texts(layer, item, [...path, String(index)]);
    } else if (isConfigMap(value)) {
      for (const [key, below] of Object.entries(value)) this.#texts(layer, below, [...path, key]);
    } else if (typeof value === 'string' && mayHoldReferences(value)) {
      const template = parseTemplate(value);
      // What is malformed is reported when it is resolved.
      if (!isTemplateProblem(template)) this.#template(layer, template, path);
    }
  }

  #template(layer: ConfigLayer, template: Template, path: ConfigPath): void {
    for (const part of template) {
      if (typeof part === 'string') continue;
      const { kind, name, fallback } = part;
      if (kind !== 'path') this.#refuse(layer, path, `${kind}:${name}`, 'reads what belongs to the machine');
      else this.#reads(layer, path, name, () => parsePath(name));
      if (fallback !== undefined) this.#template(layer, fallback, path);
    }
  }

  #inherit(layer: ConfigLayer, name: string, group: ConfigPath): void {
    this.#reads(layer, [...group, EXTENDS], name, () => parentOf(group, name));
  }

  #reads(layer: ConfigLayer, path: ConfigPath, name: string, target: () => ConfigPath): void {
    const { schema } = this.#base.plan;
    let at: ConfigPath;
    try {
      at = canonicalPath(schema, target());
    } catch (error) {
      // What is no path is reported when it is followed.
      if (ConfigError.is(error)) return;
      throw error;
    }
    let node: SchemaNode | undefined = schema;
    for (const key of at) node = childNode(node, key);
    if (some(node, tenantAccessAt(schema, at), (access) => access === 'system')) {
      this.#refuse(layer, path, name, 'reads a setting that tenants may not see');
    } else if (this.#bringsSecret(node, at)) {
      this.#refuse(layer, path, name, 'reads a secret that is not of the tenant');
    }
  }

  /** Whether a secret that the tenant does not set itself is at a path, or below it. */
  #bringsSecret(node: SchemaNode | undefined, at: ConfigPath, seen: ReadonlySet<SchemaNode> = new Set()): boolean {
    if (this.#says(at)) return false;
    const { rows, plan } = this.#base;
    if (isHidden(this.#base, at)) return true;
    const { tainted } = rowOf(rows, segmentAt(plan.root, at));
    if ([...tainted].some((text) => isWithin(parsePath(text), at) && !this.#says(parsePath(text)))) return true;
    if (node === undefined || node.kind === 'leaf' || seen.has(node)) return false;
    const within = new Set([...seen, node]);
    if (node.kind === 'section') {
      return [...node.keys.values()].some((key) => this.#bringsSecret(key.node, [...at, key.name], within));
    }
    return some(node, 'tenant', (_, leaf) => leaf.kind === 'leaf' && leaf.secret !== undefined);
  }

  #says(path: ConfigPath): boolean {
    return saysIn(this.#said.tenant, this.#base, path);
  }

  #refuse(layer: ConfigLayer, path: ConfigPath, name: string, what: string): void {
    const hint = `A tenant may refer to its own settings and to those that tenants may see; to write it literally: $\${${name}}.`;
    this.#find(layer, path, { code: 'untrusted-reference', message: `refers to \${${name}}, which ${what}`, hint });
  }

  #find(layer: ConfigLayer, path: ConfigPath, words: Omit<Finding, 'path' | 'origin'>): void {
    const origin = layer.locate(sourcePath(layer, this.#base.plan.schema, path));
    this.findings.push({ ...words, path, origin });
  }
}

/** Whether some field at or below a node answers to a test. */
function some(
  node: SchemaNode | undefined,
  access: ReturnType<typeof tenantAccessAt>,
  test: (access: ReturnType<typeof tenantAccessAt>, node: SchemaNode) => boolean,
  seen: ReadonlySet<SchemaNode> = new Set(),
): boolean {
  if (node === undefined) return test(access, NOTHING_DECLARED);
  if (node.kind === 'leaf') return test(access, node);
  if (seen.has(node)) return false;
  const within = new Set([...seen, node]);
  if (node.kind !== 'section') return test(access, node) || some(node.item, access, test, within);
  return [...node.keys.values()].some((key) => some(key.node, key.tenant ?? access, test, within));
}

const NOTHING_DECLARED: SchemaNode = Object.freeze({ kind: 'leaf', type: 'anything' });
