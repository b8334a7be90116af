import {
  type ConfigPath,
  type Selectors,
  isConfigMap,
  isWithin,
  mergeValues,
  parsePath,
  UNRESOLVED,
} from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import { bindSegments, isMadeFromSame } from './bind-rows.js';
import { type GenerationFacts, type Pin, NO_VIEWS } from '../generation/index.js';
import { NOT_BOUND, type BoundSection, type Ground, type MadeSection } from './ground.js';
import type { LoadOptions, LoadPlan } from '../plan/index.js';
import type { ScopeOptions } from './reference-scope.js';
import { filesIn, openRow, pinnedRow, RowResolver, withOpened } from './resolve-rows.js';
import {
  ReferenceFiles,
  mergedRow,
  NO_OVERRIDES,
  rowOf,
  segmentAt,
  segmentsOf,
  spliced,
  winningPart,
  sectionValue,
  type FileAnswer,
  type Override,
  type Overrides,
  type Part,
  type Reading,
  type Row,
  type RowLookup,
  type Segment,
  type Traceable,
} from '../rows/index.js';
import { SecretOpener } from '../secrets/index.js';

/** What a view is made with; of the options of the load that its ground came from what it needs again. */
export interface ViewOptions extends Pick<LoadOptions, 'env' | 'fileRoots' | 'signal'> {
  /** The values over the ground. */
  readonly overrides?: Overrides;
  /** The tenant of these values. */
  readonly tenant?: string | undefined;
  /** The layers of it, where they are no layers of the ground. */
  readonly reading?: Reading | undefined;
  /** The fields that keep their values in this view. */
  readonly pins?: readonly Pin[];
  /** Earlier rows, whose instances are taken over where they are equal. */
  readonly known?: readonly RowLookup[];
  /** The sections that the view has made, by their indexes: kept when it is dropped, for the next one. */
  readonly made?: Map<number, MadeSection>;
}

/** Facts with their sections, and what was found on the way to them. */
export interface BoundFacts {
  readonly facts: GenerationFacts;
  readonly findings: readonly Finding[];
  /** The sections that were made. */
  readonly made: readonly Segment[];
}

const NO_PINS: readonly Pin[] = Object.freeze([]);
const NO_SOURCES: ReadonlySet<number> = new Set();

/**
 * The rows and sections of a ground under the values over it: each computed on first use, and the ground's own where nothing
 * that it is made from is overridden, directly or through its references.
 */
export class RowView implements Ground {
  public readonly plan: LoadPlan;
  public readonly selectors: Selectors;
  public readonly readings: readonly Reading[];
  public readonly overlays: readonly Reading[];
  public readonly pins: readonly Pin[];
  public readonly rows: RowLookup = (segment) => this.#resolvedRow(segment);
  public readonly ground: Ground;
  readonly #options: ViewOptions;
  readonly #overrides: Overrides;
  readonly #known: readonly RowLookup[];
  readonly #from: Traceable;
  readonly #opened = new Map<Segment, Row>();
  readonly #resolved = new Map<Segment, Row>();
  readonly #bound = new Map<Segment, Promise<BoundSection>>();
  readonly #opener: SecretOpener;
  #files: ReadonlyMap<string, FileAnswer>;
  /** Made when the first row is resolved. */
  #resolver: RowResolver | undefined;

  public constructor(ground: Ground, options: ViewOptions) {
    const { overrides = NO_OVERRIDES, reading, pins = NO_PINS, known = [] } = options;
    const { plan } = ground;
    // Secrets from the tenant are the tenant's: its gate checks for no other one.
    this.plan = options.tenant === undefined ? plan : { ...plan, gate: plan.gate.ownedBy(options.tenant) };
    this.selectors = ground.selectors;
    this.readings = ground.readings;
    this.overlays = reading === undefined ? ground.overlays : [...ground.overlays, reading];
    this.ground = ground;
    this.#options = options;
    this.#overrides = overrides;
    this.#known = known;
    this.#files = ground.files;
    this.#opener = new SecretOpener(ground.plan.secrets, false, options.tenant);
    this.#from = {
      plan: this.plan,
      readings: this.readings,
      overlays: this.overlays,
      rows: (segment) => this.#openedRow(segment),
    };
    // A field that is overridden does not wait for a restart with the value below.
    const kept = ground.pins.filter(({ path }) => !this.#says(path) && !pins.some((own) => isWithin(path, own.path)));
    this.pins = [...kept, ...pins];
  }

  public get files(): ReadonlyMap<string, FileAnswer> {
    return this.#files;
  }

  public get groups(): ReadonlyMap<string, unknown> {
    return this.#resolver?.groups ?? this.ground.groups;
  }

  /** What is wrong with the ground, and with the rows that were asked for where they are not the ground's. */
  public get issues(): readonly Finding[] {
    const found = [...this.#opener.issues, ...(this.#resolver?.issues ?? [])];
    const own = found.filter(({ path }) => {
      const segment = segmentAt(this.plan.root, path);
      return rowOf(this.rows, segment).resolved !== rowOf(this.ground.rows, segment).resolved;
    });
    return [...this.ground.issues, ...own];
  }

  /** Reads the files that references of the overrides name. */
  public async readFiles(): Promise<void> {
    const refers = [...this.#overrides].filter(([, { parts }]) => parts.some((part) => part.holdsReferences));
    const names = refers.flatMap(([segment]) => filesIn(this.#openedRow(segment), this.#from));
    if (names.length === 0) return;
    const { fileRoots, signal = new AbortController().signal } = this.#options;
    const found = await new ReferenceFiles().read(names, { fileRoots, signal });
    this.#files = new Map([...this.#files, ...found]);
  }

  /** The section at a segment, made once; the ground's own where it is made from what that is made from. */
  public bound(segment: Segment): BoundSection | Promise<BoundSection> {
    let bound = this.#bound.get(segment);
    if (bound === undefined) {
      if (this.isGrounds(segment)) return this.ground.bound(segment);
      this.#bound.set(segment, (bound = this.#made(segment)));
    }
    return bound;
  }

  async #made(segment: Segment): Promise<BoundSection> {
    const { section = -1 } = segment;
    const kept = this.#options.made;
    const bound = kept?.has(section) === true ? NOT_BOUND : await this.#bind(segment);
    // Another caller may have opened the same view meanwhile, and been faster.
    const made = kept?.get(section);
    if (made !== undefined) return { ...NOT_BOUND, instance: made.instance };
    const { instance, findings, hasGaps } = bound;
    if (kept !== undefined && instance !== undefined && findings.length === 0 && !hasGaps) {
      kept.set(section, { instance, from: this.#madeFrom(segment), keys: this.#keysIn(segment) });
    }
    return bound;
  }

  #madeFrom(segment: Segment): readonly unknown[] | undefined {
    const follows = segmentsOf(segment).some((each) => rowOf(this.rows, each).formulas.size > 0);
    return follows ? undefined : partsOf(this.ground.rows, segment);
  }

  #keysIn(segment: Segment): unknown {
    const isOpened = segmentsOf(segment).some((each) => rowOf(this.rows, each).parts.some(holdsSecrets));
    return isOpened ? this.plan.secrets.keys : undefined;
  }

  /** The ground's own section, where it is made from that and is there at once, with nothing wrong. */
  public grounds(segment: Segment): object | undefined {
    const below = this.isGrounds(segment) ? this.ground.bound(segment) : undefined;
    if (below === undefined || below instanceof Promise || below.hasGaps || below.findings.length > 0) return undefined;
    return below.instance;
  }

  /** True for a section that is made from what it is made from below. */
  public isGrounds(segment: Segment): boolean {
    return isMadeFromSame(segment, this.rows, this.ground.rows);
  }

  /** All rows and sections, with the rest as it is below. */
  public async facts(below: GenerationFacts): Promise<BoundFacts> {
    const { plan, files, pins, overlays } = this;
    const findings: Finding[] = [];
    const made: Segment[] = [];
    const rows: Row[] = [];
    for (const segment of plan.segments) {
      const row = this.#resolvedRow(segment);
      const bound =
        segment.section === undefined ? { ...NOT_BOUND, instance: row.instance } : await this.bound(segment);
      if (bound.isMade && !this.isGrounds(segment)) {
        made.push(segment);
        findings.push(...bound.findings);
      }
      rows.push(bound.instance === row.instance ? row : { ...row, instance: bound.instance });
    }
    const instances = plan.placed.map(
      (segment, index) => rowOf(rows, segment).instance ?? below.instances[index] ?? {},
    );
    const wishes = below.wishes.filter(({ change }) => pins.some(({ path }) => isWithin(parsePath(change.path), path)));
    const own = { rows, wanted: rows, groups: this.groups, files, pins, overlays, instances, wishes };
    return {
      facts: { ...below, ...own, replaced: undefined, places: undefined, views: NO_VIEWS, renewals: [] },
      findings,
      made,
    };
  }

  async #bind(segment: Segment): Promise<BoundSection> {
    const [{ plan, selectors, rows }, ground] = [this, this.ground];
    const bindingBelow = ground.bound(segment);
    const below = bindingBelow instanceof Promise ? await bindingBelow : bindingBelow;
    for (const old of this.#known) {
      const { instance } = rowOf(old, segment);
      if (instance !== undefined && isMadeFromSame(segment, rows, old)) return { ...NOT_BOUND, instance };
    }
    const isSound = !below.hasGaps && below.findings.length === 0;
    const grounds: RowLookup = (each) => {
      const row = rowOf(ground.rows, each);
      return each === segment && isSound ? { ...row, instance: below.instance } : row;
    };
    const bound = await bindSegments([segment], { plan, selectors, rows, known: [grounds, ...this.#known] });
    const gaps = this.#mayHaveGaps() && hasGaps(sectionValue(rows, segment, 'resolved'));
    return { instance: bound.instances.get(segment), findings: bound.findings, hasGaps: gaps, isMade: true };
  }

  /** A gap has an issue that says why. */
  #mayHaveGaps(): boolean {
    const found = this.#opener.issues.length + (this.#resolver?.issues.length ?? 0);
    return found > 0 || this.ground.issues.length > 0;
  }

  #openedRow(segment: Segment): Row {
    const old = rowOf(this.ground.rows, segment);
    const said = this.#overrides.get(segment);
    if (said === undefined) return old;
    let row = this.#opened.get(segment);
    if (row === undefined) this.#opened.set(segment, (row = this.#open(old, said)));
    return row;
  }

  /** An encrypted value is bound to its place, and is taken from there when it has been opened there. */
  #open(old: Row, { parts, opened }: Override): Row {
    if (opened === undefined) return openRow(mergedRow(old, spliced(old.parts, parts, NO_SOURCES)), old, this.#opener);
    const merged = mergedRow(old, [...old.parts, ...parts]);
    const whole = old.opened === undefined ? opened : mergeValues([old.opened, opened], old.segment.schema, false);
    return withOpened(merged, whole);
  }

  /** A row with its references resolved; the ground's own when it comes to the same. */
  #resolvedRow(segment: Segment): Row {
    let row = this.#resolved.get(segment);
    if (row === undefined) this.#resolved.set(segment, (row = this.#resolve(segment)));
    return row;
  }

  #resolve(segment: Segment): Row {
    const [old, opened] = [rowOf(this.ground.rows, segment), this.#openedRow(segment)];
    const keeps = this.pins.length > 0 && this.#keepsIn(segment);
    // Without formulas it reads nothing; and what is kept below is in it already.
    if (opened === old && old.formulas.size === 0 && !keeps) return old;
    if (this.pins.length === 0 && !opened.parts.some(holdsReferences)) return opened;
    const scope: ScopeOptions = {
      from: this.#from,
      env: this.#options.env ?? process.env,
      files: this.#files,
      pins: this.pins,
    };
    this.#resolver ??= new RowResolver(scope, this.ground);
    const made = this.#resolver.resolve(opened, old);
    return made === old && !keeps ? old : pinnedRow(made, scope);
  }

  /** True where the view itself keeps fields. */
  #keepsIn(segment: Segment): boolean {
    return this.#options.pins?.some(({ path }) => segmentAt(this.plan.root, path) === segment) === true;
  }

  #says(path: ConfigPath): boolean {
    const part = winningPart(this.#from, path);
    return part !== undefined && this.#overrides.get(segmentAt(this.plan.root, path))?.parts.includes(part) === true;
  }
}

function holdsReferences(part: Part): boolean {
  return part.holdsReferences;
}

function holdsSecrets(part: Part): boolean {
  return part.holdsSecrets;
}

function hasGaps(value: unknown): boolean {
  if (value === UNRESOLVED) return true;
  if (Array.isArray(value)) return value.some(hasGaps);
  return isConfigMap(value) && Object.values(value).some(hasGaps);
}

/** The values of a section, other objects when it is overridden. */
export function partsOf(rows: RowLookup, segment: Segment): readonly unknown[] {
  if (segment.declared.length === 0) return rowOf(rows, segment).parts;
  return segmentsOf(segment).flatMap((each) => rowOf(rows, each).parts);
}
