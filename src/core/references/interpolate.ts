import { formatPath, type ConfigPath } from '../config-path.js';
import { isConfigMap, UNRESOLVED, valueAt } from '../config-value.js';
import { mergeMaps, sameValue } from '../merge-layers.js';
import {
  derivedSecret,
  distinctPlaces,
  isSecureValue,
  secretContent,
  secretPlaces,
  secretText,
  type SecretPlace,
  type SecureValue,
} from '../secrets/index.js';
import { EXTENDS, nameIn, parentOf } from './extends.js';
import { namesParent, ReferenceFindings, type ReferenceIssue } from './reference-findings.js';
import type { ConfigIssueText, ReferenceScope, ReferenceTarget } from './reference-scope.js';
import { asSecret, MAXIMUM_DEPTH, MOST_BROUGHT_IN, SecretTrace } from './secret-trace.js';
import { isGroup, mayChange } from './survey-group.js';
import { isTemplateProblem, parseTemplate, type Reference, type Template } from './template.js';

/** What a formula read, and the answer: with the same answers, it has the same result. */
export type FormulaRead =
  | { readonly kind: 'path'; readonly name: string; readonly value: unknown; readonly secrets: string }
  | { readonly kind: 'env'; readonly name: string; readonly value: string | undefined }
  | { readonly kind: 'file'; readonly name: string; readonly value: string | SecureValue<unknown> | ConfigIssueText };

export interface Formula {
  readonly path: ConfigPath;
  readonly text: string;
  /** In the order of reading: what is read next may depend on earlier answers. */
  readonly reads: readonly FormulaRead[];
  readonly output: unknown;
  /** The references that were followed, in their own spelling. */
  readonly spelled: ReadonlySet<string>;
  /** The paths, as strings, its own or below it, whose values were built from a secret. */
  readonly tainted: ReadonlySet<string>;
  /** How many values it brought in with whole maps. */
  readonly broughtIn: number;
}

export interface ResolvedTree {
  readonly value: unknown;
  /** By their paths, as strings. */
  readonly formulas: ReadonlyMap<string, Formula>;
}

/** What was resolved before, to be taken over where it holds. */
export interface KnownFormulas {
  formula(path: ConfigPath, id: string): Formula | undefined;
  /** A map that references read, by its path as a string. */
  group(id: string): unknown;
}

const NOTHING_KNOWN: KnownFormulas = { formula: () => undefined, group: () => undefined };

const MAXIMUM_TEXT = 1024 * 1024;

/** The string or map at a path, to be resolved before the value that refers to it. */
interface Need {
  readonly path: ConfigPath;
  readonly value: unknown;
}

/** Work that pauses at each need. So a chain of references needs no stack, however long it is. */
type Work = Generator<Need, unknown, unknown>;

/** A {@link Formula} that is still being worked out. */
interface Notes {
  readonly path: ConfigPath;
  readonly id: string;
  readonly reads: FormulaRead[];
  readonly spelled: Set<string>;
  readonly tainted: Set<string>;
  broughtIn: number;
}

/**
 * Resolves every `${…}` of the trees it is given, in a single pass: what a reference brings in is never searched for
 * references again. A string that is one whole reference takes over the value with its type. Subtrees without references are
 * shared. Earlier results are reused where everything that they read is unchanged.
 */
export class Interpolator {
  /** The maps that references have read, by their paths as strings. */
  public readonly groups = new Map<string, unknown>();
  readonly #scope: ReferenceScope;
  readonly #known: KnownFormulas;
  /** By the path as a string, each value once, whatever needed it first. */
  readonly #formulas = new Map<string, Formula>();
  /** The paths of strings whose sources take `${` literally. */
  readonly #literals = new Set<string>();
  readonly #findings: ReferenceFindings;
  readonly #secrets: SecretTrace;
  /** What is being resolved, each for the one before it. */
  readonly #active = new Set<string>();
  #broughtIn = 0;

  public constructor(scope: ReferenceScope, known: KnownFormulas = NOTHING_KNOWN) {
    this.#scope = scope;
    this.#known = known;
    this.#findings = new ReferenceFindings(scope);
    this.#secrets = new SecretTrace(scope);
  }

  public get issues(): readonly ReferenceIssue[] {
    return this.#findings.issues;
  }

  public resolve(tree: unknown, path: ConfigPath): ResolvedTree {
    const formulas = new Map<string, Formula>();
    return { value: this.#finish(this.#walk(tree, path, formulas)), formulas };
  }

  /** True when formulas come to what they came to, and stay. */
  public holds(formulas: ReadonlyMap<string, Formula>): boolean {
    for (const [id, { path, text }] of formulas) {
      this.#finish(this.#walk(text, path));
      if (this.#formulas.get(id) !== formulas.get(id)) return false;
    }
    return true;
  }

  /** Does the work, and what it needs, and what that needs, …; gives the result of the first. */
  #finish(first: Work): unknown {
    const tasks = [{ id: '', work: first }];
    let answer: unknown;
    for (let task = tasks.at(-1); task !== undefined; task = tasks.at(-1)) {
      const { done, value } = task.work.next(answer);
      if (done === true) {
        answer = value;
        this.#active.delete(task.id);
        tasks.pop();
        continue;
      }
      const id = formatPath(value.path);
      const known = this.#answer(value, id);
      if (known !== undefined) answer = known.value;
      else if (this.#active.has(id)) answer = this.#findings.cycle([...this.#active], id, value.path);
      else {
        this.#active.add(id);
        tasks.push({ id, work: this.#resolve(value, id) });
      }
    }
    return answer;
  }

  /** What a need has been answered with. */
  #answer({ value }: Need, id: string): { readonly value: unknown } | undefined {
    if (typeof value !== 'string') return this.groups.has(id) ? { value: this.groups.get(id) } : undefined;
    const formula = this.#formulas.get(id);
    if (formula !== undefined) return { value: formula.output };
    return this.#literals.has(id) ? { value } : undefined;
  }

  *#resolve({ value, path }: Need, id: string): Work {
    if (typeof value !== 'string') {
      const group = yield* this.#walk(value, path);
      const known = this.#known.group(id);
      const shared = sameValue(known, group) ? known : group;
      this.groups.set(id, shared);
      return shared;
    }
    const isName = namesParent(path, this.#scope);
    if (!isName && !this.#scope.isTemplate(path)) {
      this.#literals.add(id);
      return value;
    }
    const known = this.#known.formula(path, id);
    if (known?.text === value && (yield* this.#replay(known)) === true) return this.#keep(id, known);
    const notes: Notes = { path, id, reads: [], spelled: new Set(), tainted: new Set(), broughtIn: 0 };
    const result = isName ? yield* this.#inherit(value, notes) : yield* this.#evaluate(value, notes);
    const output = known !== undefined && sameValue(known.output, result) ? known.output : result;
    const { reads, spelled, tainted, broughtIn } = notes;
    return this.#keep(id, { path, text: value, reads, output, spelled, tainted, broughtIn });
  }

  #keep(id: string, formula: Formula): unknown {
    this.#formulas.set(id, formula);
    this.#secrets.taint(formula.tainted);
    this.#broughtIn += formula.broughtIn;
    return formula.output;
  }

  /** True when a formula would get the same answers. Its later reads depend on the earlier answers alone. */
  *#replay({ path, reads, broughtIn }: Formula): Work {
    for (const read of reads) {
      if (read.kind === 'env') {
        if (this.#scope.environment(read.name) !== read.value) return false;
      } else if (read.kind === 'file') {
        if (!sameValue(this.#scope.file(read.name, path), read.value)) return false;
      } else {
        const target = this.#scope.lookup(read.name);
        if ('code' in target) return false;
        const value = yield* this.#valueOf(target);
        if (!Object.is(value, read.value) || this.#secrets.secretsIn(target, value) !== read.secrets) return false;
      }
    }
    return this.#broughtIn + broughtIn < MOST_BROUGHT_IN;
  }

  *#evaluate(text: string, notes: Notes): Work {
    const template = parseTemplate(text);
    if (!isTemplateProblem(template)) {
      const filled = yield* this.#fill(template, notes);
      return this.#scope.isText(notes.path) && isSingle(filled) ? String(filled) : filled;
    }
    const message = `cannot be read: ${template.problem}`;
    return this.#findings.fail(notes.path, 'malformed-reference', message, 'Write $${ for a literal ${.');
  }

  /** The content of a map that another one inherits from. */
  *#inherit(name: string, notes: Notes): Work {
    const { path, spelled } = notes;
    spelled.add(`${EXTENDS}: ${name}`);
    const parent = formatPath(parentOf(path.slice(0, -1), name));
    const brought = yield* this.#followPath({ kind: 'path', name: parent }, notes, false);
    if (isConfigMap(brought) || brought === UNRESOLVED) return brought;
    return this.#findings.noParent(path, parent, brought);
  }

  /** @param found takes the formulas of the strings in the tree */
  *#walk(node: unknown, path: ConfigPath, found?: Map<string, Formula>): Work {
    if (typeof node === 'string') {
      const value = yield { value: node, path };
      const id = formatPath(path);
      const formula = this.#formulas.get(id);
      if (formula !== undefined) found?.set(id, formula);
      return value;
    }
    if (Array.isArray(node)) {
      const items: readonly unknown[] = node;
      let copy: unknown[] | undefined;
      for (const [index, item] of items.entries()) {
        const resolved = mayChange(item) ? yield* this.#walk(item, [...path, String(index)], found) : item;
        if (resolved !== item) (copy ??= [...items])[index] = resolved;
      }
      return copy ?? items;
    }
    if (!isConfigMap(node)) return node;
    const inherits = nameIn(node) !== undefined && namesParent([...path, EXTENDS], this.#scope);
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(node)) {
      const value = node[key];
      const resolved =
        mayChange(value) || (inherits && key === EXTENDS) ? yield* this.#walk(value, [...path, key], found) : value;
      if (resolved !== value) (copy ??= { ...node })[key] = resolved;
    }
    if (copy === undefined || !inherits) return copy ?? node;
    const { [EXTENDS]: brought, ...own } = copy;
    return isConfigMap(brought) ? mergeMaps(brought, own) : UNRESOLVED;
  }

  /** @param inText true when the template is a part of a longer string */
  *#fill(template: Template, notes: Notes, inText = false): Work {
    const { path } = notes;
    const [first] = template;
    if (template.length === 1 && first !== undefined) {
      return typeof first === 'string' ? first : yield* this.#follow(first, notes, inText);
    }
    let text = '';
    let origins: SecretPlace[] | undefined;
    for (const part of template) {
      const value = typeof part === 'string' ? part : yield* this.#follow(part, notes, true);
      if (value === UNRESOLVED) return UNRESOLVED;
      if (isSecureValue(value)) {
        const content = secretContent(value);
        if (content.kind === 'sealed') return this.#findings.sealed(path);
        text += secretText(content);
        origins = [...(origins ?? []), ...secretPlaces(value)];
        continue;
      }
      const what = noText(value);
      if (what !== undefined) {
        return this.#findings.fail(
          path,
          'reference-not-text',
          `builds a string from ${what}`,
          'Refer to a single value.',
        );
      }
      // Value objects such as a `Duration` or a `URL` have a string form of their own.
      text += String(value);
      if (text.length > MAXIMUM_TEXT) {
        return this.#findings.fail(path, 'reference-too-large', 'grows past 1 MiB when its references are filled in');
      }
    }
    // A string built from a secret is one: held like it, and refused where a plain string is wanted.
    return origins === undefined ? text : derivedSecret(text, distinctPlaces(origins));
  }

  *#follow(reference: Reference, notes: Notes, inText: boolean): Work {
    const { kind, name, fallback } = reference;
    notes.spelled.add(`\${${kind === 'path' ? '' : `${kind}:`}${name}}`);
    const value =
      kind === 'path' ? yield* this.#followPath(reference, notes, inText) : this.#followOut(reference, notes);
    if (value !== undefined) return value;
    if (fallback !== undefined) return yield* this.#fill(fallback, notes, inText);
    return this.#findings.missing(reference, notes.path);
  }

  /** The value of `${env:…}` or `${file:…}`; `undefined` where the fallback's turn is. */
  #followOut(reference: Reference, { path, id, reads, tainted }: Notes): unknown {
    const { kind, name, fallback } = reference;
    if (this.#scope.isSecret([kind === 'file' ? name.replace(/^.*[\\/]/s, '') : name])) tainted.add(id);
    if (kind === 'env') {
      const value = this.#scope.environment(name);
      reads.push({ kind, name, value });
      return value === '' && fallback !== undefined ? undefined : value;
    }
    const text = this.#scope.file(name, path);
    reads.push({ kind: 'file', name, value: text });
    if (typeof text === 'string' || isSecureValue(text)) return text;
    if (fallback !== undefined && text.code === 'source-not-found') return undefined;
    return this.#findings.over(reference, path, text);
  }

  /** The value of `${path}`; `undefined` where the fallback's turn is. */
  *#followPath(reference: Reference, notes: Notes, inText: boolean): Work {
    const { name, fallback } = reference;
    const { path, id, reads, tainted } = notes;
    const target = this.#scope.lookup(name);
    if ('code' in target) return this.#findings.over(reference, path, target);
    const declared = this.#scope.secretAt(target.path);
    if (inText && declared?.rule.level === 'sealed') return this.#findings.sealed(path);
    const value = yield* this.#valueOf(target);
    reads.push({ kind: 'path', name, value, secrets: this.#secrets.secretsIn(target, value) });
    if (this.#secrets.isSecretAt(target) || isSecureValue(value)) tainted.add(id);
    if ((value === null || value === '') && fallback !== undefined) return undefined;
    if (isGroup(value)) return this.#bringIn(value, target.path, notes, inText);
    return declared === undefined ? value : asSecret(value, declared);
  }

  /** What a reference above brings in to the place overrides what is there, as in every other map. */
  *#valueOf({ path, value, above, inherits, isResolved = false, finish = asItIs }: ReferenceTarget): Work {
    if (isResolved) return value;
    const brought = above && below(yield above, path.slice(above.path.length));
    if (brought !== undefined && !(isConfigMap(brought) && isConfigMap(value))) return finish(brought);
    let own = mayChange(value) ? yield { path, value } : value;
    if (isConfigMap(own) && isConfigMap(brought)) own = mergeMaps(own, brought);
    for (const { group, name } of inherits ?? []) {
      const inherited = below(yield { path: [...group, EXTENDS], value: name }, path.slice(group.length));
      if (isConfigMap(own) && isConfigMap(inherited)) own = mergeMaps(inherited, own);
    }
    return finish(own);
  }

  /** Guards against maps that refer to maps that refer to maps …, each doubling what must be walked later. */
  #bringIn(group: object, from: ConfigPath, notes: Notes, inText: boolean): unknown {
    const { path, tainted } = notes;
    const place = namesParent(path, this.#scope) ? path.slice(0, -1) : path;
    const survey = this.#secrets.surveyOf(group, from);
    notes.broughtIn += survey.size;
    if (survey.isTooDeep) {
      const limit = String(MAXIMUM_DEPTH);
      return this.#findings.fail(
        path,
        'reference-too-deep',
        `brings in a group that is nested more than ${limit} levels deep`,
      );
    }
    if (this.#broughtIn + notes.broughtIn >= MOST_BROUGHT_IN) {
      return this.#findings.fail(
        path,
        'reference-too-large',
        'brings in more than a million values through its references',
      );
    }
    for (const below of survey.secrets) tainted.add(formatPath([...place, ...below]));
    // A string cannot contain a map.
    return inText || (survey.secrets.length === 0 && !this.#secrets.isSecret(from))
      ? group
      : this.#secrets.hideDeclared(group, from);
  }
}

/** Why a value cannot be part of a string. */
function noText(value: unknown): string | undefined {
  if (value === null) return 'nothing (null)';
  if (Array.isArray(value)) return 'a list';
  return isConfigMap(value) ? 'a map of settings' : undefined;
}

function asItIs(value: unknown): unknown {
  return value;
}

/** What is in a resolved value; a gap where it has one on the way. */
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
