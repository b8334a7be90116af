import { ConfigStore, type Generation } from '../generation/index.js';
import { loadGeneration } from '../load/index.js';
import { type LoadOptions, selectorsOf, type LoadPlan } from '../plan/index.js';
import type { ConfigEventListener } from '../events/index.js';
import { SourceSlots } from '../slots/index.js';
import { guardedOptions, readReloadOptions, type ReloadOptions } from './reload-options.js';
import type { Participant } from './participant.js';
import { ReloadService } from './reload-service.js';
import { Trial } from './trial.js';

export interface RunningSettings {
  readonly store: ConfigStore;
  readonly reloads: ReloadService;
}

/** An observer of what a program with these options would do, beside that program. */
export interface ReloadObserver {
  readonly listener: ConfigEventListener;
}

/**
 * Loads the first generation and starts what keeps it current. When the load fails, nothing is left running. For an observer
 * the last known good is used and not written: only the program itself may write it.
 *
 * @param participants what is made from the settings, the first ones included
 * @throws ConfigError of a source, `invalid-settings` with all issues, or `reload-vetoed`.
 */
export async function startReloads(
  options: LoadOptions,
  plan: LoadPlan,
  reload: ReloadOptions = {},
  observer?: ReloadObserver,
  participants: readonly Participant[] = [],
): Promise<RunningSettings> {
  const guarded = guardedOptions(options);
  const { debounce, settle } = readReloadOptions(reload);
  const slots = new SourceSlots(guarded, plan, {
    selectors: selectorsOf(options),
    settle,
    debounce,
    saves: observer === undefined,
  });
  let reloads: ReloadService | undefined;
  try {
    const first = await loadGeneration(guarded, { plan, slots });
    const trial = observer === undefined ? Trial.of(guarded) : undefined;
    const instead = trial && (await trial.hasFailedWith(first)) ? await fromCopies(guarded, plan, slots) : undefined;
    const onTrial = instead && trial?.standIn();
    const store = new ConfigStore(instead ?? first);
    reloads = new ReloadService(store, guarded, reload, slots, trial, participants);
    if (observer !== undefined) reloads.events.on(observer.listener);
    await reloads.start(onTrial);
    return { store, reloads };
  } catch (error) {
    await (reloads?.close() ?? slots.end());
    throw error;
  }
}

async function fromCopies(options: LoadOptions, plan: LoadPlan, slots: SourceSlots): Promise<Generation | undefined> {
  if (!(await slots.standOnCopies())) return undefined;
  try {
    return await loadGeneration(options, { plan, slots });
  } catch {
    // Even with issues, the current answers of the sources are the better choice.
    await slots.refresh();
    return undefined;
  }
}
