import type { IssueCode } from '../codes.js';
import type { ConfigIssue } from '../config-issue.js';
import { formatPath, type ConfigPath } from '../config-path.js';
import { UNRESOLVED } from '../config-value.js';
import { parsePath } from '../parse-path.js';
import { EXTENDS } from './extends.js';
import type { ConfigIssueText, ReferenceScope } from './reference-scope.js';
import type { Reference } from './template.js';

/** An issue of a reference; of a circle of maps that inherit, where each names the next. */
export interface ReferenceIssue extends ConfigIssue {
  readonly fields?: readonly ConfigPath[];
}

/** What is wrong with references, in words. Whatever fails comes to {@link UNRESOLVED}. */
export class ReferenceFindings {
  readonly #scope: ReferenceScope;
  readonly #issues = new Map<string, ReferenceIssue>();

  public constructor(scope: ReferenceScope) {
    this.#scope = scope;
  }

  /** Each thing once. */
  public get issues(): readonly ReferenceIssue[] {
    return [...this.#issues.values()];
  }

  public fail(
    path: ConfigPath,
    code: IssueCode,
    message: string,
    hint?: string,
    fields?: readonly ConfigPath[],
  ): typeof UNRESOLVED {
    // Every reader of a member finds the same cycle.
    this.#issues.set(`${formatPath(path)}: ${message}`, {
      code,
      path,
      message,
      ...(hint !== undefined && { hint }),
      ...(fields !== undefined && { fields }),
    });
    return UNRESOLVED;
  }

  /** Fails over what a text names. Of a secret nothing is quoted: it may only look like a reference, unless a variable's name says so. */
  public over({ kind }: Reference, path: ConfigPath, { code, message, hint }: ConfigIssueText): typeof UNRESOLVED {
    const isShown = !this.#scope.isSecret(path) || this.#scope.isNamedFile(path);
    if (isShown) return this.fail(path, code, message, hint);
    return this.fail(path, code, `holds a reference to ${UNNAMED[code] ?? UNNAMED[kind] ?? ''}`, UNNAMED_HINT);
  }

  /** A reference to what is not there, without a fallback. */
  public missing(reference: Reference, path: ConfigPath): typeof UNRESOLVED {
    const { kind, name } = reference;
    const isPath = kind === 'path';
    const nearest = isPath ? this.#scope.nearest(name) : undefined;
    const wanted = kind === 'env' ? `env:${name}` : name;
    const hint =
      nearest === undefined
        ? ((isPath ? meantOtherwise(name) : undefined) ?? `Set ${name}, or give a fallback: \${${wanted}:-…}.`)
        : `Did you mean \${${nearest}}?`;
    const what =
      kind === 'env' ? `the environment variable ${name}, which is not set` : `\${${name}}, which no source sets`;
    return this.over(reference, path, { code: 'unresolved-reference', message: `refers to ${what}`, hint });
  }

  /** A map that inherits from what is not there, or is no map. */
  public noParent(path: ConfigPath, parent: string, brought: unknown): typeof UNRESOLVED {
    const nearest = this.#scope.nearest(parent);
    const hint =
      nearest === undefined
        ? 'Name the entry beside it, or the whole path of another one.'
        : `Did you mean ${nearest}?`;
    const why = brought === undefined ? 'which no source sets' : 'which is not a map of settings';
    return this.fail(path, 'unresolved-reference', `inherits from ${parent}, ${why}`, hint);
  }

  public sealed(path: ConfigPath): typeof UNRESOLVED {
    return this.fail(path, SEALED_IN_TEXT.code, SEALED_IN_TEXT.message, SEALED_IN_TEXT.hint);
  }

  /** @param active what is being resolved, each for the one before it */
  public cycle(active: readonly string[], id: string, path: ConfigPath): typeof UNRESOLVED {
    const members = [...active.slice(active.indexOf(id)), id];
    const isOfNames = members.every((at) => at.endsWith(`.${EXTENDS}`) || members.includes(`${at}.${EXTENDS}`));
    if (isOfNames) return this.#circle(members, path);
    const shown =
      members.length > 12 ? [...members.slice(0, 10), `… ${String(members.length - 11)} more`, id] : members;
    return this.fail(
      path,
      'reference-cycle',
      `refers to itself: ${shown.join(' -> ')}`,
      'Give one of them a value of its own.',
    );
  }

  /** Reports the members of the circle, and the places at which they name each other. */
  #circle(members: readonly string[], path: ConfigPath): typeof UNRESOLVED {
    const isName = (at: ConfigPath): boolean => namesParent(at, this.#scope);
    const names = members.map((member) => parsePath(member)).filter(isName);
    const fields = names.length > 1 && isName(path) ? names.slice(0, -1) : names;
    const groups = [...fields, ...fields.slice(0, 1)].map((name) => formatPath(name.slice(0, -1)));
    const hint = 'Write out the settings of one of them.';
    const at = isName(path) ? path : (fields[0] ?? path);
    return this.fail(at, 'reference-cycle', `inherits from itself: ${groups.join(' -> ')}`, hint, fields);
  }
}

/** True for the string with which a map of settings names its parent. */
export function namesParent(path: ConfigPath, scope: ReferenceScope): boolean {
  return path.at(-1) === EXTENDS && scope.isGroup(path.slice(0, -1));
}

/** A sealed value is taken whole, or not at all. */
export const SEALED_IN_TEXT = Object.freeze({
  code: 'sealed-reference',
  message: 'builds a string from a sealed value, which opens only while it is used',
  hint: 'Refer to nothing but the sealed value, from a sealed field, or build the text where it is used.',
});

/** By code, else by the kind of the reference. */
const UNNAMED: Readonly<Partial<Record<string, string>>> = {
  path: 'a setting that is not there',
  env: 'an environment variable that is not set',
  file: 'a file that cannot be read',
  'file-empty': 'a file that is empty and was not before',
  'file-refused': 'a file outside the folders that the option fileRoots names',
};

const UNNAMED_HINT = 'It is not quoted, because the value is a secret. Write $${ for a literal ${.';

/** What a shell and Spring write otherwise: `${HOME}` for a variable, `${name:default}` for a fallback. */
function meantOtherwise(name: string): string | undefined {
  const [, parameter] = /^params?:\s*(\w[\w-]*)$/.exec(name) ?? [];
  if (parameter !== undefined) return `Write \${param:${parameter}} in a file whose $params declares it.`;
  const [, wanted = name, fallback] = /^([^:]*):(.*)$/s.exec(name) ?? [];
  const isVariable = /^[A-Z][A-Z0-9_]*$/.test(wanted);
  if (fallback === undefined && !isVariable) return undefined;
  const right = `\${${isVariable ? 'env:' : ''}${wanted}${fallback === undefined ? '' : `:-${fallback}`}}`;
  return fallback === undefined
    ? `Write ${right} for the environment variable.`
    : `Write ${right}: a fallback comes after ":-".`;
}
