import { type ConfigError, type ConfigLogger, createLayer } from '../../core/index.js';
import { type CanonicalLayer, type LastKnownGoodKeeper, sourceKeys } from '../recovery/index.js';
import { heldOf, type HeldAnswer } from './held-answer.js';
import type { SlotPlace, SourceSlot } from './source-slot.js';

export interface SlotCopiesOptions {
  readonly keeper: LastKnownGoodKeeper;
  readonly slots: readonly SourceSlot[];
  readonly logger: Required<ConfigLogger>;
  /** In milliseconds since 1970. */
  readonly now: () => number;
}

/** The last known good of sources: what their slots go on with, and what is kept of their answers. */
export class SlotCopies {
  readonly #given: SlotCopiesOptions;
  /** Those whose last known good is kept. */
  readonly #kept: readonly SourceSlot[];
  /** Of all sources: the same in the next process. */
  readonly #keys: readonly string[];

  public constructor(given: SlotCopiesOptions) {
    this.#given = given;
    this.#keys = sourceKeys(given.slots.map(({ place }) => place.source));
    this.#kept = given.slots.filter(({ place }) => isKept(place));
  }

  public get areKept(): boolean {
    return this.#kept.length > 0;
  }

  /** What a slot goes on with that may. */
  public async find({ place: { index, name } }: SourceSlot): Promise<HeldAnswer | undefined> {
    const copy = await this.#given.keeper.find(this.#keyAt(index), name);
    return copy && { ...copy, from: 'last-known-good' };
  }

  /** Goes on with older copies, and with defaults after the oldest. See `SourceSlots`. */
  public async standOnOlder(): Promise<boolean> {
    const { keeper, slots } = this.#given;
    const onCopies = slots.filter(({ outage }) => outage !== undefined);
    if (onCopies.length === 0) return false;
    let hasOlder: boolean;
    let hasMoved = false;
    do {
      hasOlder = await keeper.passOver();
      for (const slot of onCopies) {
        const held = hasOlder ? await this.find(slot) : nothingFor(slot.place);
        if (held === undefined) continue;
        hasMoved = true;
        slot.standOn(held);
        this.#logOutdated(slot, held);
      }
    } while (hasOlder && !hasMoved);
    return hasMoved;
  }

  /** Continues with those of all sources that have one, whatever their answers. */
  public async standOnAll(): Promise<boolean> {
    let hasMoved = false;
    for (const slot of this.#given.slots) {
      const held = await this.find(slot);
      if (held === undefined) continue;
      slot.standOn(held);
      hasMoved = true;
    }
    return hasMoved;
  }

  /** Keeps the answers of a trusted generation's sources. See `SourceSlots`. */
  public async save(committed: (index: number) => readonly CanonicalLayer[]): Promise<void> {
    const { keeper, now } = this.#given;
    const kept = this.#kept.flatMap(({ place }) => {
      const layers = committed(place.index);
      const held = heldOf(layers.map(({ layer }) => layer));
      // Defaults are not an answer of the source, and must not be used as one at the next start.
      return held?.from === 'nobody' ? [] : [{ key: this.#keyAt(place.index), layers, readAt: held?.readAt ?? now() }];
    });
    // Copies need not be copied; what is old would push out what is older.
    const isNew = kept.some(({ layers }) => heldOf(layers.map(({ layer }) => layer))?.from !== 'last-known-good');
    if (!isNew) return;
    const failure = await keeper.save(kept);
    for (const slot of this.#kept) slot.note('last known good', failure);
  }

  /** The error of a source without an answer, which tells why there is no copy either. */
  public explained({ place }: SourceSlot, error: ConfigError): ConfigError {
    return isKept(place) ? this.#given.keeper.explained(error) : error;
  }

  public async settled(): Promise<void> {
    await this.#given.keeper.settled();
  }

  #keyAt(index: number): string {
    const key = this.#keys[index];
    if (key === undefined) throw new RangeError(`There is no source ${String(index)}.`);
    return key;
  }

  #logOutdated({ place: { name } }: SourceSlot, { from }: HeldAnswer): void {
    const instead = from === 'nobody' ? 'defaults are' : 'the one before is';
    const message = `The last known good of ${name} no longer fits the settings classes; ${instead} used.`;
    const fields = { source: name };
    this.#given.logger.log({ level: 'warn', event: 'config.last-known-good.outdated', message, fields });
  }
}

export function isKept({ policy }: SlotPlace): boolean {
  return policy?.lastKnownGood === true;
}

/** What a start goes on with where there is no copy: nothing at all, if that may be. */
export function nothingFor({ source, policy, name }: SlotPlace): HeldAnswer | undefined {
  if (policy?.defaults !== true && source.optional !== true) return undefined;
  return { layers: [createLayer({ name, tree: {} })], from: 'nobody', readAt: undefined };
}
