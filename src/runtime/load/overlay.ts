import {
  type ConfigLayer,
  type ConfigPath,
  type OriginKind,
  isConfigMap,
  MODULES,
  scopeLevels,
  UNRESOLVED,
  valueAt,
} from '../../core/index.js';
import { checkCrossRules, plainIn, unknownKeys } from './check-settings.js';
import { completeIssues, invalidSettings } from './complete-issues.js';
import {
  differing,
  factsOf,
  Generation,
  type GenerationFacts,
  LightFacts,
  NO_VIEWS,
  type Seen,
  seeTheSame,
} from '../generation/index.js';
import type { LoadOptions, LoadPlan } from '../plan/index.js';
import { groundOf, type Ground } from './ground.js';
import { modulesIn, moduleViews } from './module-views.js';
import {
  emptyRow,
  hangsOnMore,
  issuesOf,
  overridesAt,
  overridesOf,
  readAnswer,
  rowOf,
  sectionValue,
  segmentsOf,
  type Reading,
  type RowLookup,
  type Segment,
} from '../rows/index.js';
import { RowView } from './row-view.js';

/** What an {@link Overlay} is made with: of the options of the load that its parent came from what it needs again. */
export interface OverlayOptions extends Pick<LoadOptions, 'rules' | 'unknownKeys' | 'env' | 'fileRoots' | 'signal'> {
  /** How many sources of the parent lie below it; default: all that come before the first one of variables. */
  readonly above?: number | undefined;
  /** The tenant of the layers: their encrypted values open where they were encrypted for this one. */
  readonly tenant?: string | undefined;
  /** What came of the overlay that it follows: equal sections are the same objects. */
  readonly before?: Generation | undefined;
}

/** Sources that have the highest precedence. */
const VARIABLES: readonly OriginKind[] = ['environment', 'env-file', 'command-line'];

/**
 * A few layers over a generation, such as a tenant's settings, or over another overlay. The work is in proportion to what
 * the layers override, directly or through references; every other section is the parent's own instance.
 */
export class Overlay {
  /** The layers, taken apart. */
  public readonly reading: Reading;
  readonly #base: GenerationFacts;
  readonly #below: Overlay | undefined;
  readonly #laid: Laid;
  /** Those of the generation that it follows. */
  readonly #before: GenerationFacts | undefined;
  readonly #view: RowView;
  readonly #options: OverlayOptions;

  public constructor(parent: Generation | Overlay, layers: readonly ConfigLayer[], options: OverlayOptions = {}) {
    const below = parent instanceof Overlay ? parent : undefined;
    const base = parent instanceof Overlay ? parent.#base : factsOf(parent);
    const ground = below === undefined ? groundOf(base) : below.#view;
    const isKnown = below !== undefined && below.#options.before === options.before;
    const before = isKnown ? below.#before : options.before && factsOf(options.before);
    const place = placeAmong(ground, options.above);
    const read = before?.overlays?.find(({ layers: [lowest] }) => lowest?.seat.source === place);
    this.reading = readAnswer(layers, place, base.plan, read);
    this.#base = base;
    this.#below = below;
    this.#before = before;
    const { above, tenant } = options;
    this.#laid = { under: parent instanceof Overlay ? parent.#laid : parent, layers, above, tenant };
    this.#options = options;
    this.#view = new RowView(ground, {
      ...options,
      overrides: overridesOf(this.reading),
      reading: this.reading,
      known: before === undefined ? [] : [takenOver(before, base.plan)],
    });
  }

  /** What is seen through it: by all, or by a module or a component of one: `billing`, `billing/invoices`. */
  public async view(scope?: string): Promise<RowView> {
    await this.#below?.view();
    await this.#view.readFiles();
    let view = this.#view;
    for (const level of scope === undefined ? [] : scopeLevels(scope)) {
      view = new RowView(view, { ...this.#options, overrides: overridesAt(rowOf(view.rows, view.plan.root), level) });
      await view.readFiles();
    }
    return view;
  }

  /**
   * All sections, and what modules see, as a generation; its number counts the changes of the overlay and its parents.
   *
   * @throws ConfigError `invalid-settings` with all that is wrong, or with all that is wrong with what modules see.
   */
  public async generation(): Promise<Generation> {
    const { rules = [] } = this.#options;
    const before = this.#before;
    const view = await this.view();
    const { plan, selectors } = view;
    const bound = await view.sections();
    // In no section, and so opened here.
    const modules = modulesIn({ wanted: view.rows, plan });
    const { findings, made } = bound;
    const instances = withSections(this.#base.instances, bound.instances);
    const found = [...findings, ...plainIn(made, plan, view).errors];
    const gaps =
      view.issues.length === 0 ? [] : made.filter((segment) => hasGaps(sectionValue(view.rows, segment, 'resolved')));
    if (rules.length > 0) {
      const invalid = [...findings, ...gaps].map(({ path }) => path);
      const changed = new Set(differing(this.#base.instances, instances));
      found.push(...(await checkCrossRules(rules, plan.sections, instances, selectors, invalid, changed)));
    }
    // What a module overrides is in no section here; references there are resolved in what it sees.
    const isUnopened = (path: ConfigPath): boolean => valueAt(rowOf(view.rows, plan.root).opened, path) === UNRESOLVED;
    const moved = view.overlays.map((after) => ({ source: NaN, before: undefined, after }));
    const wrong = [
      ...moved.flatMap(issuesOf),
      ...unknownKeys(moved, plan, this.#options).errors,
      ...view.issues.filter(({ path }) => (path[0] === MODULES ? isUnopened(path) : gaps.length > 0)),
      ...found,
    ];
    if (wrong.length > 0) throw invalidSettings(completeIssues(wrong, view), selectors);
    const numberOf = (seen: Seen): number => {
      const isSame =
        before !== undefined && differing(before.instances, seen.instances).length === 0 && seeTheSame(before, seen);
      return (before?.number ?? 0) + (isSame ? 0 : 1);
    };
    if (modules.length === 0 && this.#comesToTheSame(bound.instances)) {
      const number = numberOf({ instances, views: NO_VIEWS });
      return new Generation(new OverlayFacts(this.#base, number, bound.instances, this.#laid));
    }
    const facts = view.factsWith(this.#base, bound.instances, view.reached);
    // What other keys have opened is not taken over.
    const known = before?.keys === plan.secrets.keys ? before : undefined;
    const { views, issues } = await moduleViews(facts, known, { ...this.#options, isOverlay: true });
    if (issues.length > 0) throw invalidSettings(issues, selectors);
    return new Generation({ ...facts, views, number: numberOf({ instances: facts.instances, views }) });
  }

  /** The facts, with sections that were made before. */
  public factsWith(instances: ReadonlyMap<Segment, object>): GenerationFacts {
    return this.#view.factsWith(this.#base, instances);
  }

  /** True for facts that hang on nothing but the layers: no key, variable or file, and nothing that waits for a restart. */
  #comesToTheSame(instances: ReadonlyMap<Segment, object>): boolean {
    const { rows, table, reached, apart, pins } = this.#view;
    if (pins.length > 0) return false;
    const isOwn = (segment: Segment): boolean => {
      const [row, below] = [rowOf(rows, segment), rowOf(table, segment)];
      return row !== below || (instances.get(segment) ?? below.instance) !== below.instance;
    };
    const hangs = (segment: Segment): boolean =>
      // Parts of which all are known to hang on nothing else.
      !apart.has(segment) && isOwn(segment) && rowOf(rows, segment).parts.some(hangsOnMore);
    return !reached.some(hangs) && ![...instances.keys()].some(hangs);
  }
}

/** The instances of sections, in which those of some segments are others. */
function withSections(instances: readonly object[], others: ReadonlyMap<Segment, object>): readonly object[] {
  const all = [...instances];
  for (const [{ section = NaN }, instance] of others) all[section] = instance;
  return all;
}

/** What an overlay is made of. */
interface Laid {
  readonly under: Generation | Laid;
  readonly layers: readonly ConfigLayer[];
  readonly above: number | undefined;
  readonly tenant: string | undefined;
}

class OverlayFacts extends LightFacts implements Laid {
  public readonly under: Laid['under'];
  public readonly layers: Laid['layers'];
  public readonly above: Laid['above'];
  public readonly tenant: Laid['tenant'];

  public constructor(below: GenerationFacts, number: number, own: ReadonlyMap<Segment, object>, laid: Laid) {
    super(below, number, own);
    this.under = laid.under;
    this.layers = laid.layers;
    this.above = laid.above;
    this.tenant = laid.tenant;
  }

  public again(): GenerationFacts {
    return { ...overlayOf(this).factsWith(this.own), number: this.number };
  }
}

function overlayOf({ under, layers, above, tenant }: Laid): Overlay {
  return new Overlay(under instanceof Generation ? under : overlayOf(under), layers, { above, tenant });
}

/** Rows whose sections are taken over, but not what other keys have opened. */
function takenOver({ rows, keys }: GenerationFacts, { secrets }: LoadPlan): RowLookup {
  if (keys === secrets.keys) return rows;
  const isOpened = (segment: Segment): boolean => rowOf(rows, segment).parts.some(({ holdsSecrets }) => holdsSecrets);
  return (segment) => (segmentsOf(segment).some(isOpened) ? emptyRow(segment) : rowOf(rows, segment));
}

/** True where something could not be resolved or opened. */
function hasGaps(value: unknown): boolean {
  if (value === UNRESOLVED) return true;
  if (Array.isArray(value)) return value.some(hasGaps);
  return isConfigMap(value) && Object.values(value).some(hasGaps);
}

/** Between two sources, above what lies there already; the first reading is that of the defaults. */
function placeAmong({ readings, overlays }: Ground, above: number | undefined): number {
  const variables = readings.findIndex(({ answer }) => answer.some(({ kind }) => VARIABLES.includes(kind)));
  const place = above === undefined ? variables : above + 1;
  const top = place === -1 ? readings.length : place;
  const below = overlays.flatMap(({ layers }) => layers[0]?.seat.source ?? []).filter((source) => source < top);
  return (Math.max(top - 1, ...below) + top) / 2;
}
