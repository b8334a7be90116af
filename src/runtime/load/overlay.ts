import { type ConfigLayer, type ConfigPath, type OriginKind, scopeLevels } from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import { checkCrossRules, subjectsOf } from './check-cross-rules.js';
import { completeIssues, invalidSettings } from './complete-issues.js';
import { factsOf, Generation } from '../generation/index.js';
import type { LoadOptions, LoadPlan } from '../plan/index.js';
import { groundOf, type Ground, type MadeSection } from './ground.js';
import { inScope, moduleViews } from './module-views.js';
import { plainIn, unknownKeys } from './policy-findings.js';
import {
  emptyRow,
  isSameList,
  issuesOf,
  overridesAt,
  overridesOf,
  readAnswer,
  rowOf,
  type MovedReading,
  type RowLookup,
} from '../rows/index.js';
import { partsOf, RowView } from './row-view.js';

/** What an {@link Overlay} is made with: of the options of the load that its parent came from what it needs again. */
export interface OverlayOptions extends Pick<LoadOptions, 'rules' | 'unknownKeys' | 'env' | 'fileRoots' | 'signal'> {
  /** How many sources of the parent lie below it; default: all that come before the first one of variables. */
  readonly above?: number | undefined;
  /** The overlay that it follows: sections that say the same are the same objects. */
  readonly before?: Overlay;
}

/** Sources in which somebody has the last word. */
const VARIABLES: readonly OriginKind[] = ['environment', 'env-file', 'command-line'];

interface Opened {
  readonly view: RowView;
  /** What the overlay says. */
  readonly moved: readonly MovedReading[];
}

/**
 * A few layers over a generation, such as what a tenant says, or over another overlay. Sections are made when they are
 * asked for; one is the parent's own instance when nothing of what it is made from is said otherwise: by the layers, or by
 * what its references read. Until it is asked, it holds nothing but its layers.
 */
export class Overlay {
  readonly #parent: Generation | Overlay;
  readonly #layers: readonly ConfigLayer[];
  readonly #options: OverlayOptions;
  /** The key below which a module says what is laid over the parent, and its name, where there are no layers. */
  readonly #level: { readonly scope: string; readonly path: ConfigPath } | undefined;
  /** The sections that have been found right. */
  readonly #right = new Map<number, object>();
  /** Its own sections. */
  readonly #made = new Map<number, MadeSection>();
  /** What the overlay before has made, or knew of the one before it. */
  readonly #known: ReadonlyMap<number, MadeSection>;
  readonly #scopes = new Map<string, Overlay>();
  /** What is worked out on the way to instances; let go of when nobody waits for one, for it takes more room than they. */
  #view: Promise<Opened> | undefined;
  #waiting = 0;

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
    const isSame = before !== undefined && isSameList(before.#layers, layers);
    const right = before === undefined ? [] : [...before.#made].filter(([index]) => before.#right.has(index));
    const known = before === undefined ? [] : [...before.#known, ...right];
    this.#known = new Map(isSame ? known : known.map(([index, { instance }]) => [index, { instance }]));
  }

  /**
   * The instance of the section at an index.
   *
   * @throws ConfigError `invalid-settings` with all that is wrong with it, and with the layers.
   */
  public async instance(index: number): Promise<object> {
    const known = this.#right.get(index) ?? this.#carried(index);
    if (known !== undefined) return known;
    await this.#viewed(async (opened) => this.#check([index], opened));
    const made = this.#right.get(index);
    if (made === undefined) throw new RangeError(`There is no section ${String(index)}.`);
    return made;
  }

  /** What a module, or a component of a module, sees of it: `billing`, `billing/invoices`. */
  public scope(scope: string): Overlay {
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
    return this.#viewed(async (opened) => {
      const { view } = opened;
      await this.#check([...view.plan.placed.keys()], opened);
      const { facts } = await view.facts(this.#facts());
      const { views, issues } = await moduleViews(facts, undefined, this.#options, groundOf);
      if (issues.length > 0) throw invalidSettings(issues, view.selectors);
      return new Generation({ ...facts, views });
    });
  }

  /** A section of the overlay before, of which neither the layers nor what they lie over have moved. */
  #carried(index: number): object | undefined {
    const known = this.#known.get(index);
    if (known?.from === undefined || this.#parent instanceof Overlay) return undefined;
    const { plan, rows, pins } = factsOf(this.#parent);
    if (!isUnderKeys(known, plan)) return undefined;
    const segment = plan.placed[index];
    const isRuled = this.#options.rules?.some((rule) => subjectsOf(rule, plan.sections).includes(index)) === true;
    if (segment === undefined || isRuled || pins.length > 0) return undefined;
    if (!isSameList(known.from, partsOf(rows, segment))) return undefined;
    this.#made.set(index, known);
    this.#right.set(index, known.instance);
    return known.instance;
  }

  #facts(): ReturnType<typeof factsOf> {
    const parent = this.#parent;
    return parent instanceof Overlay ? parent.#facts() : factsOf(parent);
  }

  async #viewed<T>(work: (opened: Opened) => Promise<T>): Promise<T> {
    const parent = this.#parent;
    const over = async (ground: Ground): Promise<T> => work(await (this.#view ??= this.#open(ground)));
    this.#waiting++;
    try {
      if (parent instanceof Overlay) return await parent.#viewed(async ({ view }) => over(view));
      return await over(groundOf(factsOf(parent)));
    } finally {
      if (--this.#waiting === 0) this.#view = undefined;
    }
  }

  async #open(ground: Ground): Promise<Opened> {
    const { plan } = ground;
    const reading = readAnswer(this.#layers, placeAmong(ground, this.#options.above), plan.root);
    const overrides =
      this.#level === undefined ? overridesOf(reading) : overridesAt(rowOf(ground.rows, plan.root), this.#level.path);
    const known = this.#known;
    // Nothing is known of what they were made from, so that they are compared with what is made.
    const lookUp: RowLookup = (each) => {
      const made = known.get(each.section ?? -1);
      const instance = made && isUnderKeys(made, plan) ? made.instance : undefined;
      return { ...emptyRow(each), resolved: known, instance };
    };
    const view = new RowView(ground, {
      ...this.#options,
      overrides,
      reading,
      made: this.#made,
      known: known.size === 0 ? [] : [lookUp],
    });
    await view.readFiles();
    return { view, moved: [{ source: NaN, before: undefined, after: reading }] };
  }

  /** Makes the sections at some indexes, and finds them right. */
  async #check(indexes: readonly number[], { view, moved }: Opened): Promise<void> {
    const { plan, selectors } = view;
    const segments = indexes.flatMap((index) => plan.placed[index] ?? []);
    const bound = await Promise.all(segments.map(async (segment) => view.bound(segment)));
    const wrong = [...moved.flatMap(issuesOf), ...unknownKeys(moved, plan, this.#options).errors];
    if (bound.some(({ hasGaps }) => hasGaps)) wrong.push(...view.issues);
    wrong.push(...bound.flatMap(({ findings }) => findings), ...(await this.#checkRules(indexes, view)));
    wrong.push(
      ...plainIn(
        segments.filter((segment) => !view.isGrounds(segment)),
        plan,
        view,
      ).errors,
    );
    const issues = completeIssues(wrong, view);
    if (wrong.length > 0) throw invalidSettings(this.#level ? inScope(this.#level.scope, issues) : issues, selectors);
    for (const [at, { instance }] of bound.entries()) {
      if (instance !== undefined) this.#right.set(indexes[at] ?? -1, instance);
    }
  }

  /** The rules that read sections at some indexes and at others, where one of those is not the parent's. */
  async #checkRules(indexes: readonly number[], view: RowView): Promise<readonly Finding[]> {
    const { plan, selectors } = view;
    const rules = (this.#options.rules ?? []).filter((rule) =>
      subjectsOf(rule, plan.sections).some((index) => indexes.includes(index)),
    );
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
