import type { CommandArguments } from '../command-arguments.js';
import type { CommandIo } from '../command-io.js';
import { hasConfigFile } from '../config-file.js';
import { loadDefinition, type LoadedDefinition } from '../load-definition.js';
import { closeSources } from '../load-environment.js';

/** The user's configuration file, where there is one: imported when it is first asked for. */
export class DefinitionOnDemand {
  readonly #args: CommandArguments;
  readonly #io: CommandIo;
  #loaded: Promise<LoadedDefinition | undefined> | undefined;

  public constructor(args: CommandArguments, io: CommandIo) {
    this.#args = args;
    this.#io = io;
  }

  /** @throws UsageError when it cannot be used, or is named and not there. */
  public load(): Promise<LoadedDefinition | undefined> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  public async close(): Promise<void> {
    const loaded = await this.#loaded?.catch(() => undefined);
    if (loaded !== undefined) await closeSources(loaded.definition.sources);
  }

  async #load(): Promise<LoadedDefinition | undefined> {
    const needed = this.#args.text('config') !== undefined || (await hasConfigFile(this.#io.folder));
    return needed ? loadDefinition(this.#args, this.#io) : undefined;
  }
}
