import { environmentKind, silentLogger, systemClock } from '../core/index.js';
import type { Generation, SectionInScope } from '../runtime/index.js';
import type { FlagEngine } from './engine.js';
import { allDeclarations } from './flag.js';
import { FlagRuns } from './flag-runs.js';
import { FlagSet } from './flag-set.js';
import type { FlagSettings } from './flag-settings.js';
import type { Flags } from './flags.js';
import { LiveFlags } from './live-flags.js';
import { contextOf, originIn } from './program-context.js';

/** The flags of a section as they are in one generation, with all declarations that were imported: for tools. */
export function flagsIn(generation: Generation, section: SectionInScope, engine: FlagEngine | undefined): Flags {
  const index = generation.indexOf(section.target, section.name);
  // Tools give a section of flags.
  const set = new FlagSet(generation.instanceAt(index) as FlagSettings, engine);
  const world = {
    name: 'flags',
    declared: new Map(allDeclarations().map((declaration) => [declaration.key, declaration])),
    clock: systemClock,
    logger: silentLogger,
    runs: new FlagRuns(),
    exposures: undefined,
    engine: () => engine,
    set: () => set,
    base: contextOf(undefined, () => generation),
    originOf: (key: string, field: string) => originIn(generation, section, key, field),
    isProduction: () => environmentKind(generation.selectors) === 'production',
    state: () => 'ready' as const,
    changes: new Set<never>(),
    states: new Set<never>(),
    asked: new Map(),
  };
  return new LiveFlags(world, () => undefined);
}
