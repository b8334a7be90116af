import { ConfigError, type SettingsStore, type StoredDocuments } from '../../core/index.js';
import type { CommandArguments, CommandIo } from '../command.js';
import { loadDefinition, closeSources, type LoadedDefinition } from '../load-definition.js';
import { unusable, UsageError } from '../usage-error.js';

export interface StorePlace {
  readonly store: SettingsStore;
  /** What it holds: settings of the program, or documents of tenants, plans, or their ceiling. */
  readonly holds: 'base' | 'layers' | 'plans' | 'ceiling';
  readonly loaded: LoadedDefinition;
  /** The definition with other documents in the store. */
  readonly withDocuments: (state: StoredDocuments) => LoadedDefinition;
}

/**
 * Finds the store that the command line names, for as long as the work takes.
 *
 * @throws UsageError when there is none, or it cannot be reached.
 */
export async function withStore<T>(
  args: CommandArguments,
  io: CommandIo,
  work: (place: StorePlace) => Promise<T>,
): Promise<T> {
  const loaded = await loadDefinition(args, io);
  const places = storePlaces(loaded);
  try {
    return await work(chosen(places, args.text('store'), loaded.file));
  } catch (error) {
    // What is wrong with the settings has been shown by then; this is the store itself.
    throw ConfigError.is(error) && error.code !== 'revision-conflict' ? unusable(error) : error;
  } finally {
    await closeSources([...loaded.definition.sources, ...Object.values(loaded.definition.tenants?.parts ?? {})]);
  }
}

export function storePlaces(loaded: LoadedDefinition): readonly StorePlace[] {
  const { definition } = loaded;
  const { sources, tenants } = definition;
  const base = sources.flatMap((source): readonly StorePlace[] => {
    const { store } = source;
    if (store === undefined) return [];
    const withDocuments = (state: StoredDocuments): LoadedDefinition => {
      const pinned = source.holding?.(state) ?? source;
      return {
        ...loaded,
        definition: { ...definition, sources: sources.map((one) => (one === source ? pinned : one)) },
      };
    };
    return [{ store, holds: 'base', loaded, withDocuments }];
  });
  const ofTenants = (['layers', 'plans', 'ceiling'] as const).flatMap((holds): readonly StorePlace[] => {
    const source = tenants?.parts?.[holds];
    const store = source?.store;
    if (store === undefined) return [];
    const withDocuments = (state: StoredDocuments): LoadedDefinition => ({
      ...loaded,
      definition: { ...definition, tenants: tenants?.over?.({ [holds]: source?.holding?.(state) }) },
    });
    return [{ store, holds, loaded, withDocuments }];
  });
  return [...base, ...ofTenants];
}

function chosen(places: readonly StorePlace[], name: string | undefined, file: string): StorePlace {
  const found = name === undefined ? places : places.filter(({ store }) => store.name === name);
  const [first, ...more] = found;
  if (first !== undefined && more.length === 0) return first;
  throw noSuchStore(places, name, file);
}

/** Why a store cannot be chosen, and which ones there are. */
export function noSuchStore(places: readonly StorePlace[], name: string | undefined, file: string): UsageError {
  const names = places.map(({ store }) => store.name);
  if (places.length === 0) {
    return new UsageError(
      `${file} has no source that reads a store.`,
      "Add one to its sources, such as postgresSource({ namespace: 'orders' }) of uno-config/sources/postgres.",
    );
  }
  return new UsageError(
    name === undefined ? `${file} has several stores.` : `${file} has no store ${JSON.stringify(name)}.`,
    `Write --store with one of: ${names.map((one) => JSON.stringify(one)).join(', ')}.`,
  );
}
