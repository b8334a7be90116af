import type { SectionClass } from '../../sections/index.js';
import {
  ConfigError,
  type ConfigOrigin,
  type ConfigPath,
  formatPath,
  scopeLevels,
  type Selectors,
  TOKEN_PREFIX,
} from '../../core/index.js';
import { describeSettings, type Description } from './describe-settings.js';
import { differing, replacedSections } from './diff-generations.js';
import { explainSetting, type Explanation } from './explain-setting.js';
import { NO_VIEWS, type GenerationFacts } from './generation-facts.js';
import { LightFacts } from './light-facts.js';
import { listSecrets, type ListedSecret } from './list-secrets.js';
import { FULL_SIGHT, sightOf, type Sight } from './sight.js';
import type { CanonicalLayer, SourceAnswer } from '../recovery/index.js';
import { canonicalLayers, decidedBy } from '../rows/index.js';
import type { SectionEntry } from '../plan/index.js';

// Filled in by the class. No accessor of it: `util.inspect` reads accessors with `showHidden` and `getters`.
let readFacts!: (generation: Generation) => GenerationFacts | LightFacts;

export function factsOf(generation: Generation): GenerationFacts {
  const facts = readFacts(generation);
  return facts instanceof LightFacts ? facts.again() : facts;
}

/** To be called once a generation is in use; see `SecretOpener`. */
export function renew(generation: Generation): void {
  const facts = readFacts(generation);
  if (!(facts instanceof LightFacts)) for (const renewal of facts.renewals) renewal();
}

/** The indexes of the sections whose instance is another one. */
export function replacedIn(before: Generation, after: Generation): readonly number[] {
  const [was, is] = [readFacts(before), readFacts(after)];
  if (was instanceof LightFacts || is instanceof LightFacts) return differing(was.instances, is.instances);
  return replacedSections(was, is);
}

/** A generation without its layers: it keeps the values, but not the contents of files. */
export function withoutLayers(generation: Generation, places: ReadonlyMap<string, ConfigOrigin>): Generation {
  const facts = factsOf(generation);
  const without = { readings: [], overlays: [] };
  const views = [...facts.views].map(([scope, view]) => [scope, { ...view, ...without }] as const);
  return new Generation({ ...facts, ...without, renewals: [], places, views: new Map(views) });
}

export function answersOf(generation: Generation): readonly SourceAnswer[] {
  // Before the sources come the initialisers.
  return factsOf(generation)
    .readings.slice(1)
    .map(({ answer }) => answer);
}

/** The layers of a generation's sources, by the place of the source, with canonical keys. */
export function committedLayers(generation: Generation): (index: number) => readonly CanonicalLayer[] {
  const { readings, wanted } = factsOf(generation);
  // The first reading is that of the defaults.
  return (index) => canonicalLayers(wanted, readings, index + 1);
}

/** What the caller may see of a generation by the access policy. */
export function sightIn(generation: Generation): Sight {
  return sightOf(factsOf(generation));
}

/** The secrets that the caller may know of; all of them without regard to the access policy. */
export function secretsIn(generation: Generation, fully = false): readonly ListedSecret[] {
  const facts = factsOf(generation);
  return listSecrets(facts, fully ? FULL_SIGHT : sightOf(facts));
}

/** The result of `generation.describe()` without regard to the access policy. */
export function describeFully(generation: Generation): readonly Description[] {
  return describeSettings(factsOf(generation), FULL_SIGHT);
}

/** The result of `generation.explain(path)` without regard to the access policy. */
export function explainFully(generation: Generation, path: string): Explanation {
  return explainSetting(factsOf(generation), path, FULL_SIGHT);
}

/**
 * The text that a source has for a secret where that may be shown: an encrypted value, or one reference to a variable.
 */
export function writtenSecret(generation: Generation, path: ConfigPath): string | undefined {
  const contribution = decidedBy(factsOf(generation), path);
  const { value, at } = contribution ?? {};
  // An encrypted value opens at its own path alone.
  if (typeof value !== 'string' || at === undefined || formatPath(at) !== formatPath(path)) return undefined;
  return value.startsWith(TOKEN_PREFIX) || /^\$\{env:\w+\}$/.test(value) ? value : undefined;
}

const NOTHING_SEEN: ReadonlyMap<string, Generation> = new Map();

/**
 * One complete, consistent set of sections: frozen instances, and the layers with the origin of every value. It is
 * immutable. Subpath: `uno-config`.
 */
export class Generation {
  static {
    readFacts = (generation) => generation.#facts;
  }

  /** Counts up from 1 with every generation of a store. */
  public readonly number: number;
  /** When it was made, in milliseconds since 1970. */
  public readonly time: number;
  public readonly selectors: Selectors;
  public readonly entries: readonly SectionEntry[];
  // A generation is handed around and logged: what it is made of shows in no way of printing it.
  readonly #facts: GenerationFacts | LightFacts;
  readonly #views: ReadonlyMap<string, Generation>;

  public constructor(facts: GenerationFacts | LightFacts) {
    const { number } = facts;
    const { time, selectors, plan } = facts instanceof LightFacts ? facts.below : facts;
    const views = facts instanceof LightFacts ? NO_VIEWS : facts.views;
    this.#facts = facts;
    const viewAs = (view: GenerationFacts): Generation => new Generation({ ...view, number, time, views: NO_VIEWS });
    this.#views = views.size === 0 ? NOTHING_SEEN : new Map([...views].map(([scope, view]) => [scope, viewAs(view)]));
    this.number = number;
    this.time = time;
    this.selectors = selectors;
    this.entries = plan.entries;
    if (!(facts instanceof LightFacts)) Object.freeze(facts.instances);
    Object.freeze(this);
  }

  /** By the index of the section in {@link entries}. */
  public get instances(): readonly object[] {
    return this.#facts.instances;
  }

  /**
   * One of the instances; of a tenant the list of all is made for each who asks.
   *
   * @internal
   */
  public instanceAt(index: number): object | undefined {
    const facts = this.#facts;
    return facts instanceof LightFacts ? facts.instanceAt(index) : facts.instances[index];
  }

  /**
   * What a module, or a component of a module, sees: `billing`, `billing/invoices`. It is this generation where nothing
   * is overridden; a section that no override reaches is the same object.
   *
   * @throws TypeError for a string that names no module, or more than a module and a component.
   *
   * @example
   * ```ts
   * const store = container.get(ConfigStore);
   * process.stdout.write(store.current.view('billing').explain('database.port').toString());
   * ```
   */
  public view(scope: string): Generation {
    scopeLevels(scope);
    const [module = scope] = scope.split('/', 1);
    return this.#views.get(scope) ?? this.#views.get(module) ?? this;
  }

  /** The index of a section in {@link instances}; -1 when it is not loaded. */
  public indexOf(target: SectionClass, name?: string): number {
    return this.entries.findIndex((entry) => entry.target === target && entry.name === name);
  }

  /**
   * The instance of a section.
   *
   * @throws ConfigError `section-not-loaded`.
   */
  public get<T extends object>(target: SectionClass<T>, name?: string): T {
    const index = this.indexOf(target, name);
    if (index === -1) throw notLoaded(target, name, this.entries);
    // The instance at a section's index was made from that section's class.
    return this.instanceAt(index) as T;
  }

  /**
   * Why the setting at a dotted path is what it is.
   *
   * @throws ConfigError `invalid-path`, and `access-denied` for a caller who may know of the secret at the path but not see
   *   it masked. For a caller who may not know of it, the path is undeclared.
   */
  public explain(path: string): Explanation {
    const facts = factsOf(this);
    return explainSetting(facts, path, sightOf(facts));
  }

  /** All settings of all sections; secrets that the caller may not know of are left out. */
  public describe(): readonly Description[] {
    const facts = factsOf(this);
    return describeSettings(facts, sightOf(facts));
  }
}

function notLoaded(target: SectionClass, name: string | undefined, entries: readonly SectionEntry[]): ConfigError {
  const loaded = entries.map((entry) => entry.target.name + (entry.name === undefined ? '' : ` ("${entry.name}")`));
  const input = name === undefined ? target.name : `section(${target.name}, { path: '…', name: '${name}' })`;
  return new ConfigError({
    code: 'section-not-loaded',
    message: `${target.name}${name === undefined ? '' : ` named "${name}"`} is not among the loaded sections: ${loaded.join(', ')}.`,
    recovery: `Add ${input} to the sections of the ConfigModule.`,
  });
}
