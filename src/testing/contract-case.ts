import type { ConfigSource } from '../core/index.js';
import { ContractProgram, isSame, type ContractValues } from './contract-program.js';

/** What `sourceContract` needs to know of a kind of source: how to make one, and how to treat it badly. */
export interface ContractSubject<World> {
  /** Makes a place that holds the settings `contract.first`, `contract.second` and perhaps `contract.big`. */
  readonly open: (values: ContractValues) => World | Promise<World>;
  /** A source that reads that place. */
  readonly source: (world: World) => ConfigSource;
  /** Puts other settings there, as a careful writer does: whole. Absent where they cannot change. */
  readonly set?: (world: World, values: ContractValues) => void | Promise<void>;
  /** Whether the source is watched or polled, so that it notices a change by itself. Default: true. */
  readonly watched?: boolean;
  /** Puts other settings there as a careless writer does: begins, and ends when what it answers is called. */
  readonly begin?: (world: World, values: ContractValues) => Promise<() => Promise<void>>;
  /** Leaves the place without any settings, as if it were about to be written. */
  readonly empty?: (world: World) => void | Promise<void>;
  /** Whether the source takes a place that is gone for one without settings, as `optional(…)` does. Default: false. */
  readonly mayBeAbsent?: boolean;
  /** Takes the place away. */
  readonly remove?: (world: World) => void | Promise<void>;
  /** Puts the key `__proto__` there, with a map under it. */
  readonly poison?: (world: World) => void | Promise<void>;
  /** Of a source over the network: what its connection does. */
  readonly network?: ContractNetwork<World>;
  /** Cleans up. */
  readonly close?: (world: World) => void | Promise<void>;
}

/** How a network treats a source. Each lasts until `heal`. */
export interface ContractNetwork<World> {
  readonly heal: (world: World) => void | Promise<void>;
  /** Reads find nobody who answers, and wait. */
  readonly hang: (world: World) => void | Promise<void>;
  /** The connection ends in the middle of an answer. */
  readonly cut: (world: World) => void | Promise<void>;
  /** The answer is a page of a proxy. */
  readonly garble: (world: World) => void | Promise<void>;
  /** Reads answer the state before the newest one. */
  readonly lag: (world: World) => void | Promise<void>;
  /** Notices of changes are lost. Absent, like the next two, where there are none. */
  readonly lose?: (world: World) => void | Promise<void>;
  /** Each notice comes twice. */
  readonly double?: (world: World) => void | Promise<void>;
  /** Notices are held back, and come last first when it is healed. */
  readonly reorder?: (world: World) => void | Promise<void>;
}

/** One promise of the contract. Rejects when the source does not keep it. */
export interface ContractCase {
  /** The end of a sentence about the source: `is never taken half written`. */
  readonly name: string;
  readonly run: () => Promise<void>;
}

export const A: ContractValues = { first: 'a1', second: 'a2' };
export const B: ContractValues = { first: 'b1', second: 'b2' };
export const C: ContractValues = { first: 'c1', second: 'c2' };

/** Puts other settings into a world. */
export type Change<World> = (world: World, values: ContractValues) => void | Promise<void>;

/** Does something else to it. */
export type Treat<World> = (world: World) => void | Promise<void>;

/** A case with a program that runs on a world that holds A. */
export function running<World>(
  subject: ContractSubject<World>,
  name: string,
  tell: (program: ContractProgram, world: World) => Promise<void>,
  sourceOf: (world: World) => ConfigSource = (world) => subject.source(world),
): ContractCase {
  return inWorld(subject, name, async (world) => {
    const program = await ContractProgram.start(sourceOf(world));
    try {
      demand(isSame(program.current, A), 'it does not answer the settings that it holds');
      await tell(program, world);
    } finally {
      await program.close();
    }
  });
}

/** A case with a world that is closed after it. */
export function inWorld<World>(
  subject: ContractSubject<World>,
  name: string,
  tell: (world: World) => Promise<void>,
  values = A,
): ContractCase {
  return {
    name,
    run: async () => {
      const world = await subject.open(values);
      try {
        await tell(world);
      } finally {
        await subject.close?.(world);
      }
    },
  };
}

/** @throws Error saying what is broken. */
export function demand(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Error(`The contract of sources is broken: ${otherwise}.`);
}
