import { type Pair, factsOf, Generation } from '../generation/index.js';
import { answerWithin } from './answer-within.js';
import { LettingGo } from './letting-go.js';
import { makeCurrent } from './make-current.js';
import { inOrderOfNeed, type Participant, type ResourceCell } from './participant.js';
import { logFailure, vetoed, type Veto } from './reload-errors.js';
import type { MoveParts } from './reload-parts.js';

export interface TransactionOptions extends MoveParts {
  readonly participants: () => Iterable<Participant>;
  /** Milliseconds. */
  readonly prepareTimeout: number;
}

/** A generation for which all participants are ready. */
export interface Preparation {
  readonly generation: Generation;
  readonly resources: ReadonlyMap<object, ResourceCell>;
  readonly made: readonly ResourceCell[];
}

const FAILED = 'config.dependant.failed';
const NONE: ReadonlyMap<object, ResourceCell> = new Map();

type Cells = ReadonlyMap<object, ResourceCell>;

interface OpenPair extends Pair {
  readonly resources: Cells;
}

/**
 * Moves settings and what is made from them together: prepare, commit, tell, and then trust, or go back. Until a generation
 * is trusted the pair before stays open, so that going back needs no consent.
 */
export class Transaction {
  readonly #options: TransactionOptions;
  readonly #leaving: LettingGo;
  #current: Cells = NONE;
  #trusted: OpenPair;
  #isUnproven = false;

  public constructor(options: TransactionOptions) {
    this.#options = options;
    this.#leaving = new LettingGo(options);
    this.#trusted = { generation: options.store.current, resources: NONE };
    inOrderOfNeed(options.participants());
  }

  /** The generation that a rollback goes back to. */
  public get trusted(): Generation {
    return this.#trusted.generation;
  }

  /** Whether the generation in use is another one. */
  public get isUnproven(): boolean {
    return this.#isUnproven;
  }

  /** What each participant works with. */
  public get resources(): readonly ResourceCell[] {
    return [...this.#current.values()];
  }

  /**
   * Asks the participants, in the order of what they need. When one vetoes, or is not ready in time, what has been
   * prepared is abandoned in reverse order, and so is what comes too late.
   *
   * @throws ConfigError `reload-vetoed` naming all that did.
   */
  public async prepare(next: Generation, previous: Generation | undefined): Promise<Preparation> {
    const resources = new Map<object, ResourceCell>();
    const made: ResourceCell[] = [];
    for (const level of inOrderOfNeed(this.#options.participants())) {
      const settled = await Promise.allSettled(
        level.map(async (participant) => this.#cell(participant, next, previous, resources)),
      );
      const vetoes: Veto[] = [];
      for (const [index, participant] of level.entries()) {
        const result = settled[index];
        if (result?.status === 'rejected') vetoes.push({ name: participant.name, error: result.reason });
        else if (result?.value !== undefined) {
          resources.set(participant, result.value);
          if (!this.#isOpen(result.value)) made.push(result.value);
        }
      }
      if (vetoes.length === 0) continue;
      this.abandon({ made });
      throw vetoed(vetoes, previous === undefined);
    }
    return { generation: next, resources, made };
  }

  /** Releases what was prepared for a generation that does not become current after all. */
  public abandon({ made }: Pick<Preparation, 'made'>): void {
    this.#leaving.begin(made, 'abandon');
  }

  /**
   * Makes the generation current, and calls the listeners. A superseded generation that was never trusted is left for the
   * first trusted one: two pairs are open at most.
   */
  public commit({ generation, resources }: Preparation): void {
    const left = notIn(resources, this.#current).filter((cell) => !this.#isTrusted(cell));
    const base = left.flatMap(({ participant }) => this.#trusted.resources.get(participant) ?? []);
    this.#assign(generation, resources, [...base, ...notIn(this.#current, resources)]);
    this.#isUnproven = true;
    // What came after the trusted generation has nothing to be left for: it goes on from change to change.
    const isLate = ({ participant }: ResourceCell): boolean => !this.#trusted.resources.has(participant);
    this.#leaving.begin(left.filter(isLate), 'trusted');
    this.#leaving.begin(
      left.filter((cell) => !isLate(cell)),
      'drain',
      'superseded',
    );
  }

  /** The generation in use, with the new origins of its values; no listener is called. */
  public refresh(current: Generation): void {
    this.#options.store.refresh(current);
    if (!this.#isUnproven) this.#trusted = { ...this.#trusted, generation: current };
  }

  /** The generation in use is final: what it replaced is released. */
  public trust(): void {
    if (!this.#isUnproven) return;
    this.#isUnproven = false;
    const left = this.#trusted.resources;
    this.#trusted = { generation: this.#options.store.current, resources: this.#current };
    this.#leaving.begin(notIn(left, this.#current), 'trusted');
    this.#leaving.begin(notIn(this.#current, left), 'drain', 'superseded');
  }

  /**
   * Goes back to the trusted pair, under a new number. It cannot be vetoed: all of it is still open.
   *
   * @param isWanted whether it is made from the sources' current answers
   */
  public async goBack(isWanted = false): Promise<void> {
    const { generation, resources } = this.#trusted;
    const [left, leftCells] = [this.#options.store.current, this.#current];
    const back = renumbered(generation, left, isWanted);
    const standing = new Map(resources);
    this.#assign(back, standing, notIn(leftCells, resources));
    this.#trusted = { generation: back, resources: standing };
    this.#isUnproven = false;
    const refused = notIn(resources, leftCells);
    const late = refused.filter(({ participant }) => !resources.has(participant));
    this.#leaving.begin(
      refused.filter((cell) => !late.includes(cell)),
      'drain',
      'refused',
    );
    await Promise.all(late.map(async (cell) => this.#follow(cell, back, left, standing)));
  }

  /** Releases everything, trusted or not. */
  public close(): void {
    const cells = [...this.#current.values(), ...notIn(this.#current, this.#trusted.resources)];
    this.#leaving.begin(cells, 'drain', 'closed');
    this.#current = NONE;
  }

  #isOpen(cell: ResourceCell): boolean {
    return this.#current.get(cell.participant) === cell || this.#isTrusted(cell);
  }

  #isTrusted(cell: ResourceCell): boolean {
    return this.#trusted.resources.get(cell.participant) === cell;
  }

  #assign(generation: Generation, resources: Cells, moved: readonly ResourceCell[]): void {
    const { store, logger } = this.#options;
    this.#current = resources;
    const tellMoved = (): void => {
      for (const { participant, resource } of moved) {
        try {
          resource.committed?.();
        } catch (error) {
          logFailure(logger, FAILED, `${participant.name} failed at the commit`, error);
        }
      }
    };
    makeCurrent(store, { generation, resources, moved: tellMoved, logger });
  }

  async #cell(
    participant: Participant,
    next: Generation,
    previous: Generation | undefined,
    prepared: Cells,
  ): Promise<ResourceCell | undefined> {
    const { clock, prepareTimeout: timeout, signal, inside } = this.#options;
    const standing = this.#current.get(participant);
    const sections = (participant.from ?? []).map((index) => next.instanceAt(index));
    const needed = participant.needs.map((need) => prepared.get(need));
    const needs = needed.map((cell) => cell?.value);
    const inputs = participant.from === undefined ? [next] : [...sections, ...needs];
    const known = [standing, this.#trusted.resources.get(participant)].find(
      (cell) => cell?.inputs.length === inputs.length && cell.inputs.every((input, at) => input === inputs[at]),
    );
    if (known !== undefined) return known;
    const resource = await answerWithin(
      { clock, timeout, signal },
      async (ends) =>
        inside.within(`prepare of ${participant.kind} ${participant.name}`, () =>
          participant.prepare({
            next,
            previous,
            sections,
            needs,
            signal: ends,
          }),
        ),
      (late) => late?.abandon?.(),
    );
    if (resource === undefined) return standing;
    return { participant, inputs, resource, value: resource.value, generation: next.number };
  }

  /**
   * Brings a participant along that came after the trusted generation, and so has nothing to go back to: it is asked as
   * for any other generation, but cannot hold anything up.
   */
  async #follow(
    cell: ResourceCell,
    back: Generation,
    left: Generation,
    standing: Map<object, ResourceCell>,
  ): Promise<void> {
    const { participant } = cell;
    let followed: ResourceCell | undefined;
    try {
      followed = (await this.#cell(participant, back, left, standing)) ?? cell;
      if (followed !== cell) followed.resource.committed?.();
    } catch (error) {
      const { number } = left;
      const what = `${participant.name} could not go back, and still works with generation ${String(number)}`;
      logFailure(this.#options.logger, FAILED, what, error);
    }
    standing.set(participant, followed ?? { ...cell, lags: true });
    this.#leaving.begin([...new Set([cell, followed ?? cell])], 'trusted');
  }
}

function notIn(first: Cells, second: Cells): readonly ResourceCell[] {
  return [...second.values()].filter((cell) => first.get(cell.participant) !== cell);
}

/** What waits for a restart waits on, unless the sources want what they wanted when the target was current. */
export function renumbered(target: Generation, current: Generation, isWanted = false): Generation {
  const { wishes } = factsOf(isWanted ? target : current);
  return new Generation({ ...factsOf(target), number: current.number + 1, wishes });
}
