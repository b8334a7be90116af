import {
  type ConfigMap,
  type ConfigPath,
  type Selectors,
  isWithin,
  mergeValues,
  parsePath,
  valueAt,
} from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import { bindOthers, instancesOf, withInstances, type BoundSections } from './bind-rows.js';
import { type GenerationFacts, type Pin, type RestartWish, NO_VIEWS } from '../generation/index.js';
import type { Ground } from './ground.js';
import type { LoadOptions, LoadPlan } from '../plan/index.js';
import type { ScopeOptions } from './reference-scope.js';
import { filesIn, openRow, pinnedRow, RowResolver, withOpened } from './resolve-rows.js';
import {
  byIndex,
  isSameList,
  ReferenceFiles,
  mergedRow,
  NO_OVERRIDES,
  rowOf,
  saidOver,
  segmentAt,
  spliced,
  winningPart,
  withRows,
  type FileAnswer,
  type Override,
  type Overrides,
  type Part,
  type Reading,
  type Row,
  type RowLookup,
  type Rows,
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
}

/** Facts with their sections, and what was found while these were made. */
export interface BoundFacts {
  readonly facts: GenerationFacts;
  readonly findings: readonly Finding[];
  /** The sections that were made. */
  readonly made: readonly Segment[];
}

const NO_PINS: readonly Pin[] = Object.freeze([]);
const NO_SOURCES: ReadonlySet<number> = new Set();
const NO_RENEWALS: GenerationFacts['renewals'] = Object.freeze([]);

/**
 * The rows of a ground under the values over it: each computed on first use, and the ground's own where nothing that it is
 * made from is overridden, directly or through its references.
 */
export class RowView implements Ground {
  public readonly plan: LoadPlan;
  public readonly selectors: Selectors;
  public readonly readings: readonly Reading[];
  public readonly overlays: readonly Reading[];
  public readonly pins: readonly Pin[];
  public readonly ground: Ground;
  readonly #options: ViewOptions;
  readonly #overrides: Overrides;
  readonly #known: readonly RowLookup[];
  readonly #from: Traceable;
  readonly #opened = new Map<Segment, Row>();
  readonly #resolved = new Map<Segment, Row>();
  readonly #opener: SecretOpener;
  /** The keys that it opens with. */
  readonly #keys: unknown;
  #files: ReadonlyMap<string, FileAnswer>;
  #reading: Promise<void> | undefined;
  #reached: readonly Segment[] | undefined;
  #apart: ReadonlyMap<Segment, ConfigMap> | undefined;
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
    this.#keys = plan.secrets.keys;
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

  /** No field: a function that is assigned to one is old at once for V8, and with it lives all that a view has made. */
  public get rows(): RowLookup {
    return (segment) => this.#resolvedRow(segment);
  }

  public get table(): Rows {
    return this.ground.table;
  }

  public get reached(): readonly Segment[] {
    if (this.#reached !== undefined) return this.#reached;
    const pinned = this.pins.map(({ path }) => segmentAt(this.plan.root, path));
    const reached = new Set([...this.ground.reached, ...this.#overrides.keys(), ...pinned]);
    return (this.#reached = [...reached].sort(byIndex));
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

  /** Reads the files that references of the overrides name, once. */
  public async readFiles(): Promise<void> {
    return (this.#reading ??= this.#readFiles());
  }

  async #readFiles(): Promise<void> {
    const refers = [...this.#overrides].filter(([, { parts }]) => parts.some((part) => part.holdsReferences));
    const names = refers.flatMap(([segment]) => filesIn(this.#openedRow(segment), this.#from));
    if (names.length === 0) return;
    const { fileRoots, signal } = this.#options;
    const found = await new ReferenceFiles().read(names, { fileRoots, signal });
    this.#files = new Map([...this.#files, ...found]);
  }

  /** The value at a canonical path before sections are made, defaults included. */
  public value(path: ConfigPath): unknown {
    const segment = segmentAt(this.plan.root, path);
    const { resolved } = this.#resolvedRow(segment);
    return valueAt(resolved, path.slice(segment.path.length)) ?? valueAt(this.plan.defaults, path);
  }

  /** The sections that may be others than in the generation at the bottom. */
  public async sections(): Promise<BoundSections> {
    const { plan, selectors, reached, table, rows, apart } = this;
    return bindOthers(reached, { plan, selectors, rows, known: [table, ...this.#known], apart });
  }

  /** What segments hold besides what they hold in {@link table}, where that is all that makes them others. */
  public get apart(): ReadonlyMap<Segment, ConfigMap> {
    return (this.#apart ??= this.#valuesApart());
  }

  #valuesApart(): ReadonlyMap<Segment, ConfigMap> {
    const { ground, table, pins } = this;
    const found = new Map<Segment, ConfigMap>();
    for (const [segment, { parts, opened }] of pins.length > 0 ? NO_OVERRIDES : this.#overrides) {
      const row = rowOf(table, segment);
      if (opened !== undefined || segment.section === undefined || rowOf(ground.rows, segment) !== row) continue;
      const said = saidOver(row, parts);
      if (said !== undefined && Object.keys(said).length > 0) found.set(segment, said);
    }
    return found;
  }

  /** All rows and sections, with the rest as it is in the generation at the bottom. */
  public async facts(below: GenerationFacts): Promise<BoundFacts> {
    const { instances, findings, made } = await this.sections();
    return { facts: this.factsWith(below, instances, this.reached), findings, made };
  }

  /**
   * The same when the sections have been made.
   *
   * @param segments whose rows may be others than in the generation at the bottom, besides those of the sections
   */
  public factsWith(
    below: GenerationFacts,
    instances: ReadonlyMap<Segment, object>,
    segments: Iterable<Segment> = this.#overridden,
  ): GenerationFacts {
    const own = new Set([...segments, ...instances.keys()]);
    const rows = withRows(this.table, own, ({ segment }) => this.#resolvedRow(segment));
    return this.#factsOf(below, withInstances(rows, instances));
  }

  /** Here, and in the views below. */
  get #overridden(): readonly Segment[] {
    const { ground } = this;
    return [...(ground instanceof RowView ? ground.#overridden : []), ...this.#overrides.keys()];
  }

  #factsOf(below: GenerationFacts, rows: Rows): GenerationFacts {
    const { plan, groups, files, pins, overlays, reached } = this;
    const waits = ({ change }: RestartWish): boolean => pins.some(({ path }) => isWithin(parsePath(change.path), path));
    // No spread: to put fields over those of a copy costs the engine three hundred times as much.
    return {
      number: below.number,
      time: below.time,
      selectors: below.selectors,
      plan: below.plan,
      readings: below.readings,
      rows,
      wanted: rows,
      referring: reached.filter((segment) => rowOf(rows, segment).parts.some(holdsReferences)),
      groups,
      files,
      pins,
      overlays,
      instances: instancesOf(rows, plan.placed, below.instances),
      wishes: below.wishes.filter(waits),
      keys: this.#keys,
      replaced: undefined,
      places: undefined,
      views: NO_VIEWS,
      renewals: NO_RENEWALS,
    };
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
    if (opened === undefined) {
      const all = spliced(old.parts, parts, NO_SOURCES);
      const known = this.#known.map((rows) => rowOf(rows, old.segment)).find((row) => isSameList(row.parts, all));
      return known ? withOpened(known, known.opened) : openRow(mergedRow(old, all), old, this.#opener);
    }
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
