import type { ConfigIssue } from './config-issue.js';
import type { ConfigPath } from './config-path.js';
import { formatPath } from './config-path.js';
import type { ConfigMap } from './config-value.js';
import { isConfigMap, UNRESOLVED } from './config-value.js';
import type { Reference, Template } from './template.js';
import { isTemplateProblem, mayHoldReferences, parseTemplate } from './template.js';

/** What references can reach, and what the texts that hold them are. */
export interface ReferenceScope {
  /** The raw value at the path a reference names, defaults included, and that path in canonical spelling. */
  lookup(name: string): { readonly path: ConfigPath; readonly value: unknown } | ConfigIssueText;
  /** The variable's text; `undefined` when it is not set. */
  environment(name: string): string | undefined;
  /** The file's text as read before; an issue text when it could not be. */
  file(name: string, at: ConfigPath): string | ConfigIssueText;
  /** False for a text whose source takes `${` literally. */
  isTemplate(path: ConfigPath): boolean;
  /** True where the value must not be shown; a text built from it must not be shown either. */
  isSecret(path: ConfigPath): boolean;
}

/** The message and way out of an issue whose place is added here. */
export interface ConfigIssueText {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** What {@link interpolate} found. */
export interface Interpolation {
  readonly tree: ConfigMap;
  /** By the path's text: the references that the winning text held, in their own spelling. */
  readonly references: ReadonlyMap<string, readonly string[]>;
  /** Texts of the paths whose values were built from a secret. */
  readonly tainted: ReadonlySet<string>;
  readonly issues: readonly ConfigIssue[];
}

const MAXIMUM_CHAIN = 2_000;
const MAXIMUM_TEXT = 1024 * 1024;
const MAXIMUM_NODES = 1_000_000;

/**
 * Resolves every `${…}` of a merged tree in a single pass: what a reference brings in is never searched for references
 * again. A text that is one whole reference takes over the value with its type. Subtrees without references are shared.
 */
export function interpolate(tree: ConfigMap, scope: ReferenceScope): Interpolation {
  return new Interpolator(tree, scope).run();
}

/** The names of all `${file:…}` of a tree, with the paths of the texts that hold them. */
export function fileReferences(
  tree: unknown,
  isTemplate: (path: ConfigPath) => boolean,
): readonly { readonly name: string; readonly at: ConfigPath }[] {
  const found: { name: string; at: ConfigPath }[] = [];
  const visitTemplate = (template: Template, at: ConfigPath): void => {
    for (const part of template) {
      if (typeof part === 'string') continue;
      if (part.kind === 'file') found.push({ name: part.name, at });
      if (part.fallback !== undefined) visitTemplate(part.fallback, at);
    }
  };
  const visit = (node: unknown, path: ConfigPath): void => {
    if (typeof node === 'string') {
      if (!mayHoldReferences(node) || !isTemplate(path)) return;
      const template = parseTemplate(node);
      if (!isTemplateProblem(template)) visitTemplate(template, path);
    } else if (Array.isArray(node)) {
      node.forEach((item, index) => {
        visit(item, [...path, String(index)]);
      });
    } else if (isConfigMap(node)) {
      for (const key of Object.keys(node)) visit(node[key], [...path, key]);
    }
  };
  visit(tree, []);
  return found;
}

class Interpolator {
  readonly #tree: ConfigMap;
  readonly #scope: ReferenceScope;
  readonly #resolved = new Map<string, unknown>();
  readonly #active: string[] = [];
  readonly #references = new Map<string, string[]>();
  readonly #tainted = new Set<string>();
  readonly #issues: ConfigIssue[] = [];
  #nodes = 0;

  public constructor(tree: ConfigMap, scope: ReferenceScope) {
    this.#tree = tree;
    this.#scope = scope;
  }

  public run(): Interpolation {
    const tree = this.#resolveNode(this.#tree, []);
    return {
      tree: isConfigMap(tree) ? tree : {},
      references: this.#references,
      tainted: this.#tainted,
      issues: this.#issues,
    };
  }

  #resolveNode(node: unknown, path: ConfigPath): unknown {
    if (typeof node === 'string') return mayHoldReferences(node) ? this.#resolveText(node, path) : node;
    if (Array.isArray(node)) {
      const items: readonly unknown[] = node;
      let copy: unknown[] | undefined;
      items.forEach((item, index) => {
        const resolved = this.#resolveNode(item, [...path, String(index)]);
        if (resolved !== item) (copy ??= [...items])[index] = resolved;
      });
      return copy ?? items;
    }
    if (!isConfigMap(node)) return node;
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(node)) {
      const resolved = this.#resolveNode(node[key], [...path, key]);
      if (resolved === node[key]) continue;
      copy ??= { ...node };
      copy[key] = resolved;
    }
    return copy ?? node;
  }

  /** The value of one text; each is resolved once, whoever asks first. */
  #resolveText(text: string, path: ConfigPath): unknown {
    const id = formatPath(path);
    if (this.#resolved.has(id)) return this.#resolved.get(id);
    if (!this.#scope.isTemplate(path)) return text;
    if (this.#active.includes(id)) return this.#failCycle(id, path);
    if (this.#active.length >= MAXIMUM_CHAIN) {
      return this.#fail(path, 'reference-too-deep', `follows more than ${String(MAXIMUM_CHAIN)} references in a row`);
    }
    this.#active.push(id);
    const template = parseTemplate(text);
    const value = isTemplateProblem(template)
      ? this.#fail(path, 'malformed-reference', `cannot be read: ${template.problem}`, 'Write $${ for a literal ${.')
      : this.#fill(template, path, id);
    this.#active.pop();
    this.#resolved.set(id, value);
    return value;
  }

  #fill(template: Template, path: ConfigPath, id: string): unknown {
    const [first] = template;
    if (template.length === 1 && first !== undefined) {
      return typeof first === 'string' ? first : this.#follow(first, path, id);
    }
    let text = '';
    for (const part of template) {
      const value = typeof part === 'string' ? part : this.#follow(part, path, id);
      if (value === UNRESOLVED) return UNRESOLVED;
      if (value === null || (typeof value === 'object' && !isPrintable(value))) {
        const what = value === null ? 'nothing (null)' : Array.isArray(value) ? 'a list' : 'a group of settings';
        return this.#fail(path, 'reference-not-text', `builds a text from ${what}`, 'Refer to a single value.');
      }
      text += String(value);
      if (text.length > MAXIMUM_TEXT) {
        return this.#fail(path, 'reference-too-large', 'grows past 1 MiB when its references are filled in');
      }
    }
    return text;
  }

  #follow(reference: Reference, path: ConfigPath, id: string): unknown {
    const spelled = `\${${reference.kind === 'path' ? '' : `${reference.kind}:`}${reference.name}}`;
    const followed = this.#references.get(id);
    if (followed === undefined) this.#references.set(id, [spelled]);
    else if (!followed.includes(spelled)) followed.push(spelled);
    switch (reference.kind) {
      case 'env':
        return this.#followEnvironment(reference, path, id);
      case 'file':
        return this.#followFile(reference, path, id);
      case 'path':
        return this.#followPath(reference, path, id);
    }
  }

  #followEnvironment(reference: Reference, path: ConfigPath, id: string): unknown {
    const text = this.#scope.environment(reference.name);
    if (this.#scope.isSecret([reference.name])) this.#tainted.add(id);
    if (text !== undefined && (text !== '' || reference.fallback === undefined)) return text;
    if (reference.fallback !== undefined) return this.#fill(reference.fallback, path, id);
    return this.#fail(
      path,
      'unresolved-reference',
      `refers to the environment variable ${reference.name}, which is not set`,
      `Set ${reference.name}, or give a fallback: \${env:${reference.name}:-…}.`,
    );
  }

  #followFile(reference: Reference, path: ConfigPath, id: string): unknown {
    const text = this.#scope.file(reference.name, path);
    if (this.#scope.isSecret([reference.name.replace(/^.*[\\/]/, '')])) this.#tainted.add(id);
    if (typeof text === 'string') return text;
    if (reference.fallback !== undefined && text.code === 'source-not-found') {
      return this.#fill(reference.fallback, path, id);
    }
    return this.#fail(path, text.code, text.message, text.hint);
  }

  #followPath(reference: Reference, path: ConfigPath, id: string): unknown {
    const target = this.#scope.lookup(reference.name);
    if ('code' in target) return this.#fail(path, target.code, target.message, target.hint);
    const targetId = formatPath(target.path);
    const value = this.#resolveNode(target.value, target.path);
    if (this.#scope.isSecret(target.path) || this.#tainted.has(targetId)) this.#tainted.add(id);
    if (value === UNRESOLVED) return UNRESOLVED;
    const unset = value === undefined || ((value === null || value === '') && reference.fallback !== undefined);
    if (!unset) return this.#countedOnce(value, path);
    if (reference.fallback !== undefined) return this.#fill(reference.fallback, path, id);
    return this.#fail(
      path,
      'unresolved-reference',
      `refers to \${${reference.name}}, which no source sets`,
      `Set ${reference.name}, or give a fallback: \${${reference.name}:-…}.`,
    );
  }

  /** Guards against groups that refer to groups that refer to groups …, each doubling what must be walked later. */
  #countedOnce(value: unknown, path: ConfigPath): unknown {
    if (typeof value !== 'object' || value === null) return value;
    this.#nodes += countNodes(value, MAXIMUM_NODES - this.#nodes);
    if (this.#nodes < MAXIMUM_NODES) return value;
    return this.#fail(path, 'reference-too-large', 'brings in more than a million values through its references');
  }

  #failCycle(id: string, path: ConfigPath): typeof UNRESOLVED {
    const members = [...this.#active.slice(this.#active.indexOf(id)), id];
    const shown =
      members.length > 12 ? [...members.slice(0, 10), `… ${String(members.length - 11)} more`, id] : members;
    return this.#fail(
      path,
      'reference-cycle',
      `refers to itself: ${shown.join(' -> ')}`,
      'Give one of them a value of its own.',
    );
  }

  #fail(path: ConfigPath, code: string, message: string, hint?: string): typeof UNRESOLVED {
    this.#issues.push({ code, path, message, ...(hint !== undefined && { hint }) });
    return UNRESOLVED;
  }
}

/** Value objects such as a `Duration` or a `URL` have a text of their own. */
function isPrintable(value: object): boolean {
  return !Array.isArray(value) && !isConfigMap(value);
}

function countNodes(value: unknown, limit: number): number {
  let count = 1;
  if (Array.isArray(value) || isConfigMap(value)) {
    for (const child of Object.values(value)) {
      if (count >= limit) break;
      count += countNodes(child, limit - count);
    }
  }
  return count;
}
