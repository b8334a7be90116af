import fc from '../fast-check.js';
import type { Values } from './model-state.js';
import { MOST } from './model-world.js';

/** What an overlay says of a section's number: one, the same as text, no number, what the other section has, or nothing. */
export type OverCell = number | string | undefined;
export type Over = readonly [OverCell, OverCell];

/** A tenant's document. */
export interface Said {
  readonly cells: Over;
  readonly isPlanned: boolean;
  /** What its module `billing` sees as the second number. */
  readonly billing: number | undefined;
}

/** What is seen through an overlay: by all, and by the module `billing`. */
export interface Seen {
  readonly values: Values;
  readonly billing: Values;
}

const REFERENCES = ['${s0.n}', '${s1.n}'];

/** The settings of one tenant, in the plainest words: the last that says something, or what it was before that went wrong. */
export class OverlayModel {
  public said: Said | undefined;
  public plan: Over = [undefined, undefined];
  /** What the tenant has; undefined while it has never had anything. */
  public seen: Seen | undefined;
  /** What else it may have: what it could be made to for a moment. */
  public passed: readonly Seen[] = [];
  /** Whether that is what the overlays say now. */
  public isCurrent = false;

  /** Follows the overlays and the settings below them, which may have moved several times meanwhile. */
  public follow(bases: readonly Values[]): void {
    if (this.said === undefined) this.seen = undefined;
    const made = bases.map((base) => this.#seenOver(base));
    const last = made.at(-1);
    this.isCurrent = last !== undefined;
    this.seen = last ?? this.seen;
    this.passed = this.isCurrent ? [] : made.filter((one) => one !== undefined);
  }

  /** Nothing is kept of it: it is made from nothing when it is asked for. */
  public forget(): void {
    this.seen = undefined;
  }

  /** Why the tenant is not served; undefined when it is. */
  public get refusal(): string | undefined {
    if (this.seen !== undefined) return undefined;
    return this.said === undefined ? 'tenant-unknown' : 'tenant-quarantined';
  }

  /** Whether a layer over the base says something of a section. */
  public says(at: number): boolean {
    return this.#over.some((cells) => cells[at] !== undefined);
  }

  /** From the lowest to the highest. */
  public get layers(): readonly Readonly<Record<string, unknown>>[] {
    return this.#over.map((cells, at) => ({
      ...treeOf(cells),
      ...(at === this.#over.length - 1 && billingOf(this.said)),
    }));
  }

  get #over(): readonly Over[] {
    if (this.said === undefined) return [];
    return this.said.isPlanned ? [this.plan, this.said.cells] : [this.said.cells];
  }

  #seenOver(base: Values): Seen | undefined {
    if (this.said === undefined) return undefined;
    const values = resolved([base, ...this.#over]);
    const billing = resolved([base, ...this.#over, [undefined, this.said.billing]]);
    if (values === undefined || billing === undefined || values[0] + values[1] > MOST) return undefined;
    return { values, billing };
  }
}

/** A document as a source has it. */
export function documentOf(said: Said): object {
  return { ...(said.isPlanned && { $tenant: { plan: 'gold' } }), ...treeOf(said.cells), ...billingOf(said) };
}

export function treeOf(cells: Over): object {
  return Object.fromEntries(cells.flatMap((n, at) => (n === undefined ? [] : [[`s${String(at)}`, { n }]])));
}

function billingOf(said: Said | undefined): object {
  return said?.billing === undefined ? {} : { modules: { billing: { s1: { n: said.billing } } } };
}

/** The highest that says something of each; undefined where that is no number or leads to itself. */
function resolved(layers: readonly Over[]): Values | undefined {
  const valueOf = (at: number, path: readonly number[] = []): number => {
    if (path.includes(at)) return NaN;
    const cell = layers.findLast((cells) => cells[at] !== undefined)?.[at];
    const leadsTo = REFERENCES.indexOf(String(cell));
    if (leadsTo >= 0) return valueOf(leadsTo, [...path, at]);
    return cell === '!unset' ? 0 : Number(cell);
  };
  const values: Values = [valueOf(0), valueOf(1)];
  return values.some(Number.isNaN) ? undefined : values;
}

const cell: fc.Arbitrary<OverCell> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 1, arbitrary: fc.constantFrom('3', '!unset', 'many') },
  { weight: 2, arbitrary: fc.constantFrom(...REFERENCES) },
);
export const over: fc.Arbitrary<Over> = fc.tuple(cell, cell);
export const said: fc.Arbitrary<Said | undefined> = fc.option(
  fc.record({ cells: over, isPlanned: fc.boolean(), billing: fc.constantFrom(undefined, undefined, 1) }),
  { nil: undefined, freq: 6 },
);
