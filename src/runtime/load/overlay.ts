import {
  type ConfigIssue,
  type ConfigLayer,
  type ConfigPath,
  type OriginKind,
  isConfigMap,
  UNRESOLVED,
} from '../../core/index.js';
import { type Finding, bindSections } from '../../binding/index.js';
import { checkCrossRules, subjectsOf } from './check-cross-rules.js';
import { completeIssues, invalidSettings } from './complete-issues.js';
import {
  differing,
  instanceDiffers,
  type GenerationFacts,
  factsOf,
  Generation,
  isHidden,
  NO_VIEWS,
} from '../generation/index.js';
import type { CrossSectionRule, LoadOptions } from '../plan/index.js';
import { openRow } from './open-rows.js';
import { unknownKeys } from './policy-findings.js';
import {
  ReferenceFiles,
  issuesOf,
  mergedRow,
  readAnswer,
  rowOf,
  sectionValue,
  spliced,
  type Part,
  type Reading,
  type Row,
  type Segment,
  winningSeat,
  type Traceable,
} from '../rows/index.js';
import type { ScopeOptions } from './reference-scope.js';
import { filesIn, pinnedRow, RowResolver } from './resolve-rows.js';
import { SecretOpener } from '../secrets/index.js';

/** What an {@link Overlay} is made with: of the options of the load that its parent came from what it needs again. */
export interface OverlayOptions extends Pick<LoadOptions, 'rules' | 'unknownKeys' | 'env' | 'fileRoots' | 'signal'> {
  /** How many sources of the parent lie below it; default: all that come before the first one of variables. */
  readonly above?: number;
}

/** Sources in which somebody has the last word. */
const VARIABLES: readonly OriginKind[] = ['environment', 'env-file', 'command-line'];

/**
 * A few layers over a generation, such as what a tenant says. Sections are made when they are asked for; one is the
 * parent's own instance when nothing of what it is made from is said otherwise: by the layers, or by what its references
 * read. Until it is asked, it holds nothing but its layers.
 */
export class Overlay {
  readonly #parent: GenerationFacts;
  readonly #layers: readonly ConfigLayer[];
  readonly #options: OverlayOptions;
  /** The sections that are made, and those among them that have been found right. */
  readonly #made = new Map<number, object>();
  readonly #right = new Set<number>();
  /** What is worked out on the way to instances; let go of when nobody waits for one, for it takes more room than they. */
  #view: Promise<OverlayView> | undefined;
  #waiting = 0;

  public constructor(parent: Generation, layers: readonly ConfigLayer[], options: OverlayOptions = {}) {
    this.#parent = factsOf(parent);
    this.#layers = layers;
    this.#options = options;
  }

  /**
   * The instance of the section at an index.
   *
   * @throws ConfigError `invalid-settings` with all that is wrong with it, and with the layers.
   */
  public async instance(index: number): Promise<object> {
    const made = this.#made.get(index);
    if (made !== undefined && this.#right.has(index)) return made;
    return this.#viewed(async (view) => this.#checked(index, view));
  }

  /** All sections, as a generation with the number of its parent, to be explained, described and compared. */
  public async generation(): Promise<Generation> {
    const { plan } = this.#parent;
    return this.#viewed(async (view) => {
      const instances = await Promise.all(plan.sections.map(async (_, index) => this.#checked(index, view)));
      const rows = plan.segments.map((segment): Row => {
        const row = view.resolved(segment);
        const instance = segment.section === undefined ? undefined : instances[segment.section];
        return instance === row.instance ? row : { ...row, instance };
      });
      // Its modules see what the overlay says, not what those of the parent do.
      return new Generation({ ...this.#parent, rows, wanted: rows, instances, overlay: view.reading, views: NO_VIEWS });
    });
  }

  async #viewed<T>(work: (view: OverlayView) => Promise<T>): Promise<T> {
    this.#waiting++;
    try {
      return await work(await (this.#view ??= this.#open()));
    } finally {
      if (--this.#waiting === 0) this.#view = undefined;
    }
  }

  async #open(): Promise<OverlayView> {
    const { plan, readings } = this.#parent;
    const reading = readAnswer(this.#layers, placeAmong(readings, this.#options.above), plan.root);
    return OverlayView.of(this.#parent, reading, this.#options);
  }

  async #checked(index: number, view: OverlayView): Promise<object> {
    const { plan, selectors } = this.#parent;
    const rules = (this.#options.rules ?? []).filter((rule) => subjectsOf(rule, plan.sections).includes(index));
    const own = await this.#bind(index, view);
    const { errors } = unknownKeys([view.moved], plan, this.#options);
    const wrong = [...issuesOf(view.moved), ...errors, ...(own.hasGaps ? view.issues : []), ...own.findings];
    if (rules.length > 0) wrong.push(...(await this.#checkRules(rules, view)));
    if (wrong.length > 0) throw invalidSettings(completeIssues(wrong, view.from), selectors);
    this.#right.add(index);
    return own.instance;
  }

  /** The rules over several sections, where one of those is not the parent's. */
  async #checkRules(rules: readonly CrossSectionRule[], view: OverlayView): Promise<readonly Finding[]> {
    const { plan, selectors, instances } = this.#parent;
    const all = [...instances];
    const invalid: ConfigPath[] = [];
    for (const subject of new Set(rules.flatMap((rule) => subjectsOf(rule, plan.sections)))) {
      const { instance, findings, hasGaps } = await this.#bind(subject, view);
      all[subject] = instance;
      if (hasGaps || findings.length > 0) invalid.push(plan.sections[subject]?.entry.path ?? []);
    }
    return checkCrossRules(rules, plan.sections, all, selectors, invalid, new Set(differing(instances, all)));
  }

  async #bind(index: number, view: OverlayView): Promise<BoundSection> {
    const made = this.#made.get(index);
    if (made !== undefined) return { instance: made, findings: NO_FINDINGS, hasGaps: false };
    const bound = await view.bind(index);
    if (!bound.hasGaps && bound.findings.length === 0) this.#made.set(index, bound.instance);
    return bound;
  }
}

interface BoundSection {
  readonly instance: object;
  readonly findings: readonly Finding[];
  /** True when something in it could not be resolved or opened; whoever looks at it knows what. */
  readonly hasGaps: boolean;
}

async function bindUnder(view: OverlayView, parent: GenerationFacts, index: number): Promise<BoundSection> {
  const { plan, selectors, instances } = parent;
  const [section, inherited] = [plan.sections[index], instances[index]];
  const segment = plan.segments.find((each) => each.section === index);
  if (section === undefined || segment === undefined || inherited === undefined) {
    throw new RangeError(`There is no section ${String(index)}.`);
  }
  if (view.isParents(segment)) return { instance: inherited, findings: NO_FINDINGS, hasGaps: false };
  const rows = (each: Segment): Row => view.resolved(each);
  const value = sectionValue(rows, segment, 'resolved');
  const raw = value === UNRESOLVED ? undefined : value;
  const isSecret = (path: ConfigPath): boolean => isHidden({ plan, rows }, path);
  const was = sectionValue(parent.rows, segment, 'resolved');
  const before = isConfigMap(was) ? { raw: was, instance: inherited } : undefined;
  const request = { plan: section.plan, path: segment.path, raw, ...(before && { before }) };
  const bound = await bindSections([request], selectors, isSecret, plan.gate);
  const [made = inherited] = bound.instances;
  const isSame = bound.findings.length === 0 && !instanceDiffers(section, inherited, made);
  return { instance: isSame ? inherited : made, findings: bound.findings, hasGaps: hasGaps(value) };
}

const NO_FINDINGS: readonly Finding[] = Object.freeze([]);

function hasGaps(value: unknown): boolean {
  if (value === UNRESOLVED) return true;
  if (Array.isArray(value)) return value.some(hasGaps);
  return isConfigMap(value) && Object.values(value).some(hasGaps);
}

/** Between two sources; the first reading is that of the defaults. */
function placeAmong(readings: readonly Reading[], above: number | undefined): number {
  const variables = readings.findIndex(({ answer }) => answer.some(({ kind }) => VARIABLES.includes(kind)));
  const place = above === undefined ? variables : above + 1;
  return (place === -1 ? readings.length : place) - 0.5;
}

/** The rows of a generation as they are under an overlay, each worked out when it is asked for. */
class OverlayView {
  public readonly reading: Reading;
  public readonly from: Traceable;
  readonly #parent: GenerationFacts;
  readonly #options: OverlayOptions;
  readonly #parts: ReadonlyMap<Segment, readonly Part[]>;
  readonly #bound = new Map<number, Promise<BoundSection>>();
  readonly #opened = new Map<Segment, Row>();
  readonly #resolved = new Map<Segment, Row>();
  #scope: ScopeOptions;
  /** Made when the first row is resolved. */
  #resolver: RowResolver | undefined;
  readonly #opener: SecretOpener;

  private constructor(parent: GenerationFacts, reading: Reading, options: OverlayOptions) {
    const { plan, readings, files } = parent;
    this.reading = reading;
    this.#parent = parent;
    this.#options = options;
    const parts = new Map<Segment, Part[]>();
    for (const layer of reading.layers) {
      for (const [segment, part] of layer.parts) parts.set(segment, [...(parts.get(segment) ?? []), part]);
    }
    this.#parts = parts;
    this.#opener = new SecretOpener(plan.secrets, false);
    this.from = { rows: (segment) => this.#openedRow(segment), readings, plan, overlay: reading };
    // Who says something else of a field than its parent does not wait for a restart.
    const pins = parent.pins.filter(({ path }) => !this.#says(path));
    this.#scope = { from: this.from, env: options.env ?? process.env, files, pins };
  }

  public static async of(parent: GenerationFacts, reading: Reading, options: OverlayOptions): Promise<OverlayView> {
    const view = new OverlayView(parent, reading, options);
    await view.#readFiles();
    return view;
  }

  /** What the overlay says, as something that has moved. */
  public get moved(): { readonly source: number; readonly before: undefined; readonly after: Reading } {
    return { source: NaN, before: undefined, after: this.reading };
  }

  public get issues(): readonly ConfigIssue[] {
    return [...this.#opener.issues, ...(this.#resolver?.issues ?? [])];
  }

  /** Reads the files that references of the overlay name. */
  async #readFiles(): Promise<void> {
    const refers = [...this.#parts].filter(([, parts]) => parts.some(({ holdsReferences }) => holdsReferences));
    const names = refers.flatMap(([segment]) => filesIn(this.#openedRow(segment), this.from));
    if (names.length === 0) return;
    const { fileRoots, signal = new AbortController().signal } = this.#options;
    const found = await new ReferenceFiles().read(names, { fileRoots, signal });
    this.#scope = { ...this.#scope, files: new Map([...this.#scope.files, ...found]) };
  }

  /** The section at an index, made once. */
  public async bind(index: number): Promise<BoundSection> {
    let bound = this.#bound.get(index);
    if (bound === undefined) this.#bound.set(index, (bound = bindUnder(this, this.#parent, index)));
    return bound;
  }

  /** The row with its references resolved; the parent's own when it comes to the same. */
  public resolved(segment: Segment): Row {
    let row = this.#resolved.get(segment);
    if (row === undefined) {
      const opened = this.#openedRow(segment);
      const old = rowOf(this.#parent.rows, segment);
      // Without formulas it reads nothing; and its pins are in it already.
      const made = opened === old && old.formulas.size === 0 ? old : this.#resolve(opened, old);
      row = made === old ? old : pinnedRow(made, this.#scope);
      this.#resolved.set(segment, row);
    }
    return row;
  }

  #resolve(opened: Row, old: Row): Row {
    this.#resolver ??= new RowResolver(this.#scope, this.#parent);
    return this.#resolver.resolve(opened, old);
  }

  /** True for a section that is made from what its parent is made from. */
  public isParents(segment: Segment): boolean {
    if (this.resolved(segment).resolved !== rowOf(this.#parent.rows, segment).resolved) return false;
    return segment.declared.every((child) => this.#isWholeParents(child));
  }

  #isWholeParents(segment: Segment): boolean {
    if (this.resolved(segment).resolved !== rowOf(this.#parent.rows, segment).resolved) return false;
    return [...segment.children.values()].every((child) => this.#isWholeParents(child));
  }

  #openedRow(segment: Segment): Row {
    const old = rowOf(this.#parent.rows, segment);
    const fresh = this.#parts.get(segment);
    if (fresh === undefined) return old;
    let row = this.#opened.get(segment);
    if (row === undefined) {
      row = openRow(mergedRow(old, spliced(old.parts, fresh, NO_SOURCES)), old, this.#opener);
      this.#opened.set(segment, row);
    }
    return row;
  }

  #says(path: ConfigPath): boolean {
    const seat = winningSeat(this.from, path);
    return seat !== undefined && !Number.isInteger(seat.source);
  }
}

const NO_SOURCES: ReadonlySet<number> = new Set();
