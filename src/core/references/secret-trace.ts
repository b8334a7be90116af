import { formatPath, type ConfigPath } from '../config-path.js';
import { isConfigMap, type ConfigMap } from '../config-value.js';
import { derivedSecret, isSecureValue, type SecretPlace } from '../secrets/index.js';
import type { ReferenceScope, ReferenceTarget } from './reference-scope.js';
import { isGroup, mayChange, surveyGroup, type GroupSurvey } from './survey-group.js';

export const MAXIMUM_DEPTH = 100;

/** The limit of values that all references of a generation together bring in with whole maps. */
export const MOST_BROUGHT_IN = 1_000_000;

/** Knows which values must not be shown: those declared so, and those built from one through references. */
export class SecretTrace {
  readonly #scope: ReferenceScope;
  readonly #tainted = new Set<string>();
  readonly #surveys = new Map<string, GroupSurvey>();

  public constructor(scope: ReferenceScope) {
    this.#scope = scope;
  }

  /** Values at these paths, as strings, were built from a secret. */
  public taint(paths: Iterable<string>): void {
    for (const path of paths) this.#tainted.add(path);
  }

  public isSecret(path: ConfigPath): boolean {
    return this.#scope.isSecret(path) || this.#isTainted(path);
  }

  /** A value without references is never tainted, in whatever order values were resolved. */
  public isSecretAt({ path, value, above }: ReferenceTarget): boolean {
    const isBuilt = mayChange(value) || above !== undefined;
    return this.#scope.isSecret(path) || (isBuilt && this.#isTainted(path));
  }

  /** The parts of the value at a path that must not be shown, as a string to compare. */
  public secretsIn(target: ReferenceTarget, value: unknown): string {
    const isSecret = String(this.isSecretAt(target) || isSecureValue(value));
    if (!isGroup(value)) return isSecret;
    return [isSecret, ...this.surveyOf(value, target.path).secrets.map(formatPath)].join('\n');
  }

  public surveyOf(group: object, path: ConfigPath): GroupSurvey {
    const id = formatPath(path);
    let survey = this.#surveys.get(id);
    if (survey === undefined) {
      const isSecret = (at: ConfigPath): boolean => this.isSecret(at);
      survey = surveyGroup(group, path, { size: MOST_BROUGHT_IN, depth: MAXIMUM_DEPTH, isSecret });
      this.#surveys.set(id, survey);
    }
    return survey;
  }

  /** What is declared to be a secret stays one where it is brought to, so that no plain field takes it. */
  public hideDeclared(value: unknown, path: ConfigPath): unknown {
    const declared = this.#scope.secretAt(path);
    if (declared !== undefined) return asSecret(value, declared);
    if (Array.isArray(value)) return value.map((item, index) => this.hideDeclared(item, [...path, String(index)]));
    if (!isConfigMap(value)) return value;
    const entries = Object.entries(value).map(([key, child]) => [key, this.hideDeclared(child, [...path, key])]);
    return Object.fromEntries(entries) as ConfigMap; // The keys of one.
  }

  #isTainted(path: ConfigPath): boolean {
    return this.#tainted.size > 0 && this.#tainted.has(formatPath(path));
  }
}

/** The value of a secret at a place, hidden. An answer that there is none is no secret. */
export function asSecret(value: unknown, place: SecretPlace): unknown {
  return value === undefined || value === null || value === '' || typeof value === 'symbol'
    ? value
    : derivedSecret(value, [place]);
}
