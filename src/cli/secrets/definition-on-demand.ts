import type { CommandArguments, CommandIo } from '../command.js';
import { hasConfigFile } from '../config-file.js';
import { loadDefinition, closeSources, type LoadedDefinition } from '../load-definition.js';

/** The user's configuration file, where there is one: imported when it is first asked for. */
export class DefinitionOnDemand {
  readonly #args: CommandArguments;
  readonly #io: CommandIo;
  #loaded: Promise<LoadedDefinition | undefined> | undefined;

  public constructor(args: CommandArguments, io: CommandIo) {
    this.#args = args;
    this.#io = io;
  }

  /** Works with one, and closes its sources. */
  public static async during<T>(
    args: CommandArguments,
    io: CommandIo,
    work: (definition: DefinitionOnDemand) => Promise<T>,
  ): Promise<T> {
    const definition = new DefinitionOnDemand(args, io);
    try {
      return await work(definition);
    } finally {
      const loaded = await definition.#loaded?.catch(() => undefined);
      if (loaded !== undefined) await closeSources(loaded.definition.sources);
    }
  }

  /** @throws UsageError when it cannot be used, or is named and not there. */
  public load(): Promise<LoadedDefinition | undefined> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  async #load(): Promise<LoadedDefinition | undefined> {
    const needed = this.#args.text('config') !== undefined || (await hasConfigFile(this.#io.folder));
    return needed ? loadDefinition(this.#args, this.#io) : undefined;
  }
}
