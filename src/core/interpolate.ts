import type { ConfigIssue } from './config-issue.js';
import type { ConfigPath } from './config-path.js';
import { formatPath } from './config-path.js';
import type { ConfigMap } from './config-value.js';
import { isConfigMap, UNRESOLVED, valueAt } from './config-value.js';
import { mergeMaps } from './merge-layers.js';
import type { ReferenceScope, ReferenceTarget } from './reference-scope.js';
import { holdOutsideHeap, ownBytes, secretText } from './secret-content.js';
import { createSecret, isSecureValue, jsonWithSecrets, secretContent } from './secure-value.js';
import type { GroupSurvey } from './survey-group.js';
import { surveyGroup } from './survey-group.js';
import type { Reference, Template } from './template.js';
import { isTemplateProblem, mayHoldReferences, parseTemplate } from './template.js';

/** What {@link interpolate} found. */
export interface Interpolation {
  readonly tree: ConfigMap;
  /** By key of the root, for those under which references are. */
  readonly references: ReadonlyMap<string, RootReferences>;
  readonly issues: readonly ConfigIssue[];
}

/** The references under one key of the root. When nothing that they depend on changes, neither do their values. */
export interface RootReferences {
  /** By the path's text: the references that the winning text held, in their own spelling. */
  readonly spelled: ReadonlyMap<string, ReadonlySet<string>>;
  /** Texts of the paths whose values were built from a secret. */
  readonly tainted: ReadonlySet<string>;
  /** The keys of the root that they looked under, whether or not anything was there. */
  readonly reads: ReadonlySet<string>;
  /** The environment variables that they asked for, as they were. */
  readonly environment: ReadonlyMap<string, string | undefined>;
  /** How many values they brought in with whole groups. */
  readonly broughtIn: number;
}

const MAXIMUM_TEXT = 1024 * 1024;
const MAXIMUM_DEPTH = 100;

/** So many values may all references of a tree together bring in with whole groups. */
export const MOST_BROUGHT_IN = 1_000_000;

/**
 * Resolves every `${…}` of a merged tree, or of the part of one under some keys of its root, in a single pass: what a
 * reference brings in is never searched for references again. A text that is one whole reference takes over the value with
 * its type. Subtrees without references are shared.
 */
export function interpolate(tree: ConfigMap, scope: ReferenceScope): Interpolation {
  return new Interpolator(scope).run(tree);
}

/** The text or group at a path, to be resolved before whoever asks for it can go on. */
interface Need {
  readonly path: ConfigPath;
  readonly value: unknown;
}

/** Work that pauses at each need. So a chain of references needs no stack, however long it is. */
type Work = Generator<Need, unknown, unknown>;

/** {@link RootReferences} that are still being found. */
interface Notes extends RootReferences {
  readonly spelled: Map<string, Set<string>>;
  readonly tainted: Set<string>;
  readonly reads: Set<string>;
  readonly environment: Map<string, string | undefined>;
  broughtIn: number;
}

class Interpolator {
  readonly #scope: ReferenceScope;
  /** By the path's text, each text and group once, whoever asked first. */
  readonly #resolved = new Map<string, unknown>();
  readonly #surveys = new Map<string, GroupSurvey>();
  /** What is being resolved, each for the one before it. */
  readonly #active = new Set<string>();
  readonly #roots = new Map<string, Notes>();
  readonly #issues: ConfigIssue[] = [];
  #nodes = 0;

  public constructor(scope: ReferenceScope) {
    this.#scope = scope;
  }

  public run(tree: ConfigMap): Interpolation {
    const resolved = this.#finish(this.#walk(tree, []));
    return {
      tree: isConfigMap(resolved) ? resolved : {},
      // What is elsewhere was resolved only as far as something here needed it.
      references: new Map([...this.#roots].filter(([key]) => Object.hasOwn(tree, key))),
      issues: this.#issues,
    };
  }

  /** Does the work, and what it needs, and what that needs, …; gives the result of the first. */
  #finish(first: Work): unknown {
    const tasks = [{ id: '', work: first }];
    let answer: unknown;
    for (let task = tasks.at(-1); task !== undefined; task = tasks.at(-1)) {
      const { done, value } = task.work.next(answer);
      if (done === true) {
        answer = value;
        this.#resolved.set(task.id, answer);
        this.#active.delete(task.id);
        tasks.pop();
        continue;
      }
      const id = formatPath(value.path);
      if (this.#resolved.has(id)) answer = this.#resolved.get(id);
      else if (this.#active.has(id)) answer = this.#failCycle(id, value.path);
      else {
        this.#active.add(id);
        tasks.push({ id, work: this.#resolve(value, id) });
      }
    }
    return answer;
  }

  *#resolve({ value, path }: Need, id: string): Work {
    if (typeof value !== 'string') return yield* this.#walk(value, path);
    if (!this.#scope.isTemplate(path)) return value;
    const template = parseTemplate(value);
    if (!isTemplateProblem(template)) {
      const filled = yield* this.#fill(template, path, id);
      return this.#scope.isText(path) && isSingle(filled) ? String(filled) : filled;
    }
    const message = `cannot be read: ${template.problem}`;
    return this.#fail(path, 'malformed-reference', message, 'Write $${ for a literal ${.');
  }

  *#walk(node: unknown, path: ConfigPath): Work {
    if (typeof node === 'string') return yield { value: node, path };
    if (Array.isArray(node)) {
      const items: readonly unknown[] = node;
      let copy: unknown[] | undefined;
      for (const [index, item] of items.entries()) {
        const resolved = mayChange(item) ? yield* this.#walk(item, [...path, String(index)]) : item;
        if (resolved !== item) (copy ??= [...items])[index] = resolved;
      }
      return copy ?? items;
    }
    if (!isConfigMap(node)) return node;
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(node)) {
      const value = node[key];
      const resolved = mayChange(value) ? yield* this.#walk(value, [...path, key]) : value;
      if (resolved !== value) (copy ??= { ...node })[key] = resolved;
    }
    return copy ?? node;
  }

  /** @param inText true when the template is a part of a longer text */
  *#fill(template: Template, path: ConfigPath, id: string, inText = false): Work {
    const [first] = template;
    if (template.length === 1 && first !== undefined) {
      return typeof first === 'string' ? first : yield* this.#follow(first, path, id, inText);
    }
    let text = '';
    let isSecret = false;
    for (const part of template) {
      const value = typeof part === 'string' ? part : yield* this.#follow(part, path, id, true);
      if (value === UNRESOLVED) return UNRESOLVED;
      if (isSecureValue(value)) {
        const content = secretContent(value);
        if (content.kind === 'sealed') return this.#failSealed(path);
        text += secretText(content);
        isSecret = true;
        continue;
      }
      const what = noText(value);
      if (what !== undefined) {
        return this.#fail(path, 'reference-not-text', `builds a text from ${what}`, 'Refer to a single value.');
      }
      // Value objects such as a `Duration` or a `URL` have a text of their own.
      text += String(value);
      if (text.length > MAXIMUM_TEXT) {
        return this.#fail(path, 'reference-too-large', 'grows past 1 MiB when its references are filled in');
      }
    }
    // A text built from a secret is one: held like it, and refused where a plain text is wanted.
    return isSecret ? asSecret(text) : text;
  }

  *#follow(reference: Reference, path: ConfigPath, id: string, inText: boolean): Work {
    const { kind, name, fallback } = reference;
    const spelled = `\${${kind === 'path' ? '' : `${kind}:`}${name}}`;
    const { spelled: followed } = this.#notesAt(path);
    const ofText = followed.get(id);
    if (ofText === undefined) followed.set(id, new Set([spelled]));
    else ofText.add(spelled);
    const value =
      kind === 'path' ? yield* this.#followPath(reference, path, id, inText) : this.#followOut(reference, path, id);
    if (value !== undefined) return value;
    if (fallback !== undefined) return yield* this.#fill(fallback, path, id, inText);
    const [missing, wanted] =
      kind === 'env'
        ? [`the environment variable ${name}, which is not set`, `env:${name}`]
        : [`\${${name}}, which no source sets`, name];
    const nearest = kind === 'path' ? this.#scope.nearest(name) : undefined;
    const hint =
      nearest === undefined ? `Set ${name}, or give a fallback: \${${wanted}:-…}.` : `Did you mean \${${nearest}}?`;
    return this.#fail(path, 'unresolved-reference', `refers to ${missing}`, hint);
  }

  /** The value of `${env:…}` or `${file:…}`; `undefined` where the fallback's turn is. */
  #followOut({ kind, name, fallback }: Reference, path: ConfigPath, id: string): unknown {
    if (this.#scope.isSecret([kind === 'file' ? name.replace(/^.*[\\/]/s, '') : name])) this.#taint(path, id);
    if (kind === 'env') {
      const text = this.#scope.environment(name);
      this.#notesAt(path).environment.set(name, text);
      return text === '' && fallback !== undefined ? undefined : text;
    }
    const text = this.#scope.file(name, path);
    if (typeof text === 'string') return text;
    if (fallback !== undefined && text.code === 'source-not-found') return undefined;
    return this.#fail(path, text.code, text.message, text.hint);
  }

  /** The value of `${path}`; `undefined` where the fallback's turn is. */
  *#followPath({ name, fallback }: Reference, path: ConfigPath, id: string, inText: boolean): Work {
    const target = this.#scope.lookup(name);
    if ('code' in target) return this.#fail(path, target.code, target.message, target.hint);
    this.#notesAt(path).reads.add(target.path[0] ?? '');
    if (inText && this.#scope.secretLevel(target.path) === 'sealed') return this.#failSealed(path);
    const value = yield* this.#valueOf(target);
    // A value without references is tainted by nothing, whoever was resolved before.
    const isBuilt = mayChange(target.value) || target.above !== undefined;
    const isSecret = this.#scope.isSecret(target.path) || (isBuilt && this.#isTainted(target.path));
    if (isSecret || isSecureValue(value)) this.#taint(path, id);
    if ((value === null || value === '') && fallback !== undefined) return undefined;
    if (isGroup(value)) return this.#bringIn(value, target.path, path, inText);
    return this.#scope.secretLevel(target.path) === undefined ? value : asSecret(value);
  }

  /** What a reference above brings in to the place goes over what stands there, as in every other group. */
  *#valueOf({ path, value, above }: ReferenceTarget): Work {
    const brought = above && below(yield above, path.slice(above.path.length));
    if (brought !== undefined && !(isConfigMap(brought) && isConfigMap(value))) return brought;
    const own = mayChange(value) ? yield { path, value } : value;
    return isConfigMap(own) && isConfigMap(brought) ? mergeMaps(own, brought) : own;
  }

  /** Guards against groups that refer to groups that refer to groups …, each doubling what must be walked later. */
  #bringIn(group: object, from: ConfigPath, to: ConfigPath, inText: boolean): unknown {
    const id = formatPath(from);
    let survey = this.#surveys.get(id);
    if (survey === undefined) {
      const isSecret = (path: ConfigPath): boolean => this.#isSecret(path);
      survey = surveyGroup(group, from, { size: MOST_BROUGHT_IN, depth: MAXIMUM_DEPTH, isSecret });
      this.#surveys.set(id, survey);
    }
    this.#nodes += survey.size;
    this.#notesAt(to).broughtIn += survey.size;
    if (survey.isTooDeep) {
      const limit = String(MAXIMUM_DEPTH);
      return this.#fail(to, 'reference-too-deep', `brings in a group that is nested more than ${limit} levels deep`);
    }
    if (this.#nodes >= MOST_BROUGHT_IN) {
      return this.#fail(to, 'reference-too-large', 'brings in more than a million values through its references');
    }
    for (const below of survey.secrets) this.#taint(to, formatPath([...to, ...below]));
    // No group stands in a text, whatever is in it.
    return inText || (survey.secrets.length === 0 && !this.#isSecret(from)) ? group : this.#hideDeclared(group, from);
  }

  /** What is declared to be a secret stays one where it is brought to, so that no plain field takes it. */
  #hideDeclared(value: unknown, path: ConfigPath): unknown {
    if (this.#scope.secretLevel(path) !== undefined) return asSecret(value);
    if (Array.isArray(value)) return value.map((item, index) => this.#hideDeclared(item, [...path, String(index)]));
    if (!isConfigMap(value)) return value;
    const entries = Object.entries(value).map(([key, child]) => [key, this.#hideDeclared(child, [...path, key])]);
    return Object.fromEntries(entries) as ConfigMap;
  }

  #isSecret(path: ConfigPath): boolean {
    return this.#scope.isSecret(path) || this.#isTainted(path);
  }

  #isTainted(path: ConfigPath): boolean {
    const { tainted } = this.#roots.get(path[0] ?? '') ?? {};
    return tainted !== undefined && tainted.size > 0 && tainted.has(formatPath(path));
  }

  #taint(path: ConfigPath, id: string): void {
    this.#notesAt(path).tainted.add(id);
  }

  #notesAt([root = '']: ConfigPath): Notes {
    let notes = this.#roots.get(root);
    if (notes === undefined) {
      notes = { spelled: new Map(), tainted: new Set(), reads: new Set(), environment: new Map(), broughtIn: 0 };
      this.#roots.set(root, notes);
    }
    return notes;
  }

  #failSealed(path: ConfigPath): typeof UNRESOLVED {
    return this.#fail(
      path,
      'sealed-reference',
      'builds a text from a sealed value, which opens only while it is used',
      'Refer to nothing but the sealed value, from a sealed field, or build the text where it is used.',
    );
  }

  #failCycle(id: string, path: ConfigPath): typeof UNRESOLVED {
    const active = [...this.#active];
    const members = [...active.slice(active.indexOf(id)), id];
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

/** A value that came as plain text, or as plain data, hidden. What says that there is none tells no secret. */
function asSecret(value: unknown): unknown {
  if (value === undefined || value === null || value === '' || typeof value === 'symbol' || isSecureValue(value)) {
    return value;
  }
  if (value instanceof Uint8Array) return createSecret(holdOutsideHeap(Buffer.concat([value])), 'bytes');
  return createSecret(holdOutsideHeap(ownBytes(plainText(value))), 'text');
}

/** The text of which a field reads the value again. Value objects such as a `Duration` or a `URL` have one of their own. */
function plainText(value: unknown): string {
  return isGroup(value) ? jsonWithSecrets(value) : String(value);
}

/** The words for a value that cannot stand inside a text. */
function noText(value: unknown): string | undefined {
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return 'a list';
  return isConfigMap(value) ? 'a group of settings' : undefined;
}

/** What stands in a resolved value; a gap where it has one on the way. */
function below(value: unknown, path: ConfigPath): unknown {
  let node = value;
  for (const key of path) {
    if (node === UNRESOLVED) return node;
    node = valueAt(node, [key]);
  }
  return node;
}

function isSingle(value: unknown): boolean {
  return value !== UNRESOLVED && !isSecureValue(value) && noText(value) === undefined;
}

function isGroup(value: unknown): value is object {
  return Array.isArray(value) || isConfigMap(value);
}

function mayChange(value: unknown): boolean {
  return typeof value === 'string' ? mayHoldReferences(value) : isGroup(value);
}
