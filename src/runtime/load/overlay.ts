import { type ConfigLayer, type ConfigPath, type OriginKind, scopeLevels, valueAt } from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import { checkCrossRules, subjectsOf, plainIn, unknownKeys } from './check-settings.js';
import { completeIssues, invalidSettings } from './complete-issues.js';
import { factsOf, Generation } from '../generation/index.js';
import type { CrossSectionRule, LoadOptions, LoadPlan } from '../plan/index.js';
import { groundOf, type Ground, type MadeSection } from './ground.js';
import { inScope, moduleViews } from './module-views.js';
import {
  emptyRow,
  isSameList,
  issuesOf,
  overridesAt,
  overridesOf,
  readAnswer,
  rowOf,
  segmentAt,
  type MovedReading,
  type RowLookup,
  type Segment,
} from '../rows/index.js';
import { partsOf, RowView } from './row-view.js';

/** What an {@link Overlay} is made with: of the options of the load that its parent came from what it needs again. */
export interface OverlayOptions extends Pick<LoadOptions, 'rules' | 'unknownKeys' | 'env' | 'fileRoots' | 'signal'> {
  /** How many sources of the parent lie below it; default: all that come before the first one of variables. */
  readonly above?: number | undefined;
  /** The tenant of the layers: their encrypted values open where they were encrypted for this one. */
  readonly tenant?: string | undefined;
  /** The overlay that it follows: equal sections are the same objects. */
  readonly before?: Overlay;
}

/** Sources that have the highest precedence. */
const VARIABLES: readonly OriginKind[] = ['environment', 'env-file', 'command-line'];

interface Opened {
  readonly view: RowView;
  /** What is wrong with the layers themselves. */
  readonly wrong: readonly Finding[];
}

/**
 * A few layers over a generation, such as a tenant's settings, or over another overlay. Sections are made on first use; one
 * is the parent's own instance when the layers override nothing that it is made from, directly or through its references.
 * Until then it holds nothing but its layers.
 */
export class Overlay {
  readonly #parent: Generation | Overlay;
  readonly #layers: readonly ConfigLayer[];
  readonly #options: OverlayOptions;
  /** The key at which a module overrides the parent, and the module's name, where there are no layers. */
  readonly #level: { readonly scope: string; readonly path: ConfigPath } | undefined;
  /** The sections that have been found right. */
  #right: Map<number, object> | undefined;
  /** Its own sections. */
  #made: Map<number, MadeSection> | undefined;
  /** What the overlay before has made, or knew of the one before it. */
  readonly #known: ReadonlyMap<number, MadeSection> | undefined;
  #scopes: Map<string, Overlay> | undefined;
  /** Intermediate results on the way to instances. They are larger than these, and dropped at the end of the turn. */
  #view: Promise<Opened> | undefined;

  public constructor(
    parent: Generation | Overlay,
    layers: readonly ConfigLayer[],
    { before, ...options }: OverlayOptions = {},
    level?: { readonly scope: string; readonly path: ConfigPath },
  ) {
    this.#parent = parent;
    this.#layers = layers;
    this.#options = options;
    this.#level = level;
    this.#known = before === undefined ? undefined : before.#passedOn(layers);
  }

  /**
   * The instance of the section at an index.
   *
   * @throws ConfigError `invalid-settings` with all that is wrong with it, and with the layers.
   */
  public async instance(index: number): Promise<object> {
    const known = this.#right?.get(index) ?? this.#carried(index);
    if (known !== undefined) return known;
    const opened = await this.#opened();
    const instance = this.#grounds(index, opened) ?? (await this.#checked([index], opened))[0];
    if (instance === undefined) throw new RangeError(`Section ${String(index)} has not been made.`);
    return instance;
  }

  /** The value at a canonical path before sections are made, defaults included. */
  public async value(path: ConfigPath): Promise<unknown> {
    const { plan, rows } = (await this.#opened()).view;
    const segment = segmentAt(plan.root, path);
    return valueAt(rowOf(rows, segment).resolved, path.slice(segment.path.length)) ?? valueAt(plan.defaults, path);
  }

  /** What a module, or a component of a module, sees of it: `billing`, `billing/invoices`. */
  public scope(scope: string): Overlay {
    this.#scopes ??= new Map();
    let scoped = this.#scopes.get(scope);
    if (scoped === undefined) {
      const options = { ...this.#options, above: undefined };
      const over = (below: Overlay, path: ConfigPath): Overlay => new Overlay(below, [], options, { scope, path });
      this.#scopes.set(scope, (scoped = scopeLevels(scope).reduce<Overlay>(over, this)));
    }
    return scoped;
  }

  /**
   * All sections, and what modules see, as a generation with the number of its parent, to be explained, described and
   * compared.
   *
   * @throws ConfigError `invalid-settings` with all that is wrong, or with all that is wrong with what modules see.
   */
  public async generation(): Promise<Generation> {
    const opened = await this.#opened();
    const { view } = opened;
    await this.#checked([...view.plan.placed.keys()], opened);
    const { facts } = await view.facts(this.#facts());
    const { views, issues } = await moduleViews(facts, undefined, this.#options, groundOf);
    if (issues.length > 0) throw invalidSettings(issues, view.selectors);
    return new Generation({ ...facts, views });
  }

  /** The sections that are right, for an overlay that follows; with other layers they are made from something else. */
  #passedOn(layers: readonly ConfigLayer[]): ReadonlyMap<number, MadeSection> | undefined {
    const right = [...(this.#made ?? [])].filter(([index]) => this.#right?.has(index) === true);
    const known = [...(this.#known ?? []), ...right];
    if (known.length === 0) return undefined;
    return new Map(
      isSameList(this.#layers, layers)
        ? known
        : known.map(([index, { instance, keys }]) => [index, { instance, keys }]),
    );
  }

  /** A section of the overlay before, of which neither the layers nor what they lie over have moved. */
  #carried(index: number): object | undefined {
    const known = this.#known?.get(index);
    if (known?.from === undefined || this.#parent instanceof Overlay) return undefined;
    const { plan, rows, pins } = factsOf(this.#parent);
    if (!isUnderKeys(known, plan)) return undefined;
    const segment = plan.placed[index];
    const isRuled = rulesOn([index], plan, this.#options.rules).length > 0;
    if (segment === undefined || isRuled || pins.length > 0) return undefined;
    if (!isSameList(known.from, partsOf(rows, segment))) return undefined;
    (this.#made ??= new Map<number, MadeSection>()).set(index, known);
    (this.#right ??= new Map<number, object>()).set(index, known.instance);
    return known.instance;
  }

  #facts(): ReturnType<typeof factsOf> {
    const parent = this.#parent;
    return parent instanceof Overlay ? parent.#facts() : factsOf(parent);
  }

  #opened(): Promise<Opened> {
    if (this.#view === undefined) {
      if (Overlay.#ofThisTurn.push(this) === 1) setImmediate(Overlay.#endTurn).unref();
      this.#view = this.#open();
    }
    return this.#view;
  }

  /** Those with intermediate results. */
  static readonly #ofThisTurn: Overlay[] = [];
  static readonly #endTurn = (): void => {
    for (const overlay of Overlay.#ofThisTurn.splice(0)) overlay.#view = undefined;
  };

  async #open(): Promise<Opened> {
    const parent = this.#parent;
    const ground = parent instanceof Overlay ? (await parent.#opened()).view : groundOf(factsOf(parent));
    const { plan } = ground;
    const reading = readAnswer(this.#layers, placeAmong(ground, this.#options.above), plan);
    const overrides =
      this.#level === undefined ? overridesOf(reading) : overridesAt(rowOf(ground.rows, plan.root), this.#level.path);
    const known = this.#known;
    // Nothing is known of what they were made from, so that they are compared with what is made.
    const lookUp: RowLookup = (each) => {
      const made = known?.get(each.section ?? -1);
      const instance = made && isUnderKeys(made, plan) ? made.instance : undefined;
      return { ...emptyRow(each), resolved: known, instance };
    };
    const view = new RowView(ground, {
      ...this.#options,
      overrides,
      reading,
      made: (this.#made ??= new Map<number, MadeSection>()),
      known: known === undefined ? [] : [lookUp],
    });
    await view.readFiles();
    const moved: MovedReading = { source: NaN, before: undefined, after: reading };
    return { view, wrong: [...issuesOf(moved), ...unknownKeys([moved], plan, this.#options).errors] };
  }

  /** The parent's own section, where nothing is to be checked. */
  #grounds(index: number, { view, wrong }: Opened): object | undefined {
    const segment = view.plan.placed[index];
    if (segment === undefined || wrong.length > 0) return undefined;
    const instance = view.grounds(segment);
    if (instance === undefined || rulesOn([index], view.plan, this.#options.rules).length > 0) return undefined;
    (this.#right ??= new Map<number, object>()).set(index, instance);
    return instance;
  }

  /** The sections at some indexes, found right. */
  async #checked(indexes: readonly number[], { view, wrong }: Opened): Promise<readonly (object | undefined)[]> {
    const { plan, selectors } = view;
    const instances: (object | undefined)[] = [];
    const own: Segment[] = [];
    const findings: Finding[] = [];
    let hasGaps = false;
    for (const index of indexes) {
      const segment = plan.placed[index];
      if (segment === undefined) throw new RangeError(`There is no section ${String(index)}.`);
      const bound = await view.bound(segment);
      findings.push(...bound.findings);
      hasGaps ||= bound.hasGaps;
      if (!view.isGrounds(segment)) own.push(segment);
      instances.push(bound.instance);
    }
    const rules = rulesOn(indexes, plan, this.#options.rules);
    if (rules.length > 0) findings.push(...(await brokenRules(rules, view)));
    if (own.length > 0) findings.push(...plainIn(own, plan, view).errors);
    if (wrong.length > 0 || findings.length > 0 || hasGaps) {
      const issues = completeIssues([...wrong, ...(hasGaps ? view.issues : []), ...findings], view);
      if (issues.length > 0)
        throw invalidSettings(this.#level === undefined ? issues : inScope(this.#level.scope, issues), selectors);
    }
    const right = (this.#right ??= new Map<number, object>());
    for (const [at, index] of indexes.entries()) {
      const instance = instances[at];
      if (instance !== undefined) right.set(index, instance);
    }
    return instances;
  }
}

/** The rules that read one of the sections at some indexes. */
function rulesOn(
  indexes: readonly number[],
  { sections }: LoadPlan,
  rules: readonly CrossSectionRule[] = [],
): readonly CrossSectionRule[] {
  return rules.filter((rule) => subjectsOf(rule, sections).some((index) => indexes.includes(index)));
}

/** What is wrong by rules that read a section that is not the ground's. */
async function brokenRules(rules: readonly CrossSectionRule[], view: RowView): Promise<readonly Finding[]> {
  const { plan, selectors } = view;
  const instances: object[] = [];
  const invalid: ConfigPath[] = [];
  const changed = new Set<number>();
  for (const subject of new Set(rules.flatMap((rule) => subjectsOf(rule, plan.sections)))) {
    const segment = plan.placed[subject];
    if (segment === undefined) continue;
    const { instance, findings, hasGaps } = await view.bound(segment);
    if (instance !== undefined) instances[subject] = instance;
    if (!view.isGrounds(segment)) changed.add(subject);
    if (hasGaps || findings.length > 0) invalid.push(segment.path);
  }
  return checkCrossRules(rules, plan.sections, instances, selectors, invalid, changed);
}

function isUnderKeys({ keys }: MadeSection, { secrets }: LoadPlan): boolean {
  return keys === undefined || keys === secrets.keys;
}

/** Between two sources, above what lies there already; the first reading is that of the defaults. */
function placeAmong({ readings, overlays }: Ground, above: number | undefined): number {
  const variables = readings.findIndex(({ answer }) => answer.some(({ kind }) => VARIABLES.includes(kind)));
  const place = above === undefined ? variables : above + 1;
  const top = place === -1 ? readings.length : place;
  const below = overlays.flatMap(({ layers }) => layers[0]?.seat.source ?? []).filter((source) => source < top);
  return (Math.max(top - 1, ...below) + top) / 2;
}
