import type { ResourceHost } from '../../container/index.js';
import type { ParticipantContext, PreparedResource } from '../../runtime/index.js';
import { HeldClient, type ClientParts } from './held-client.js';
import type { Recipe } from './recipe.js';

/** How much longer than its users a client may take to close, in milliseconds. */
const CLOSING = 30_000;

export class ClientLife {
  readonly #recipe: Recipe;
  readonly #host: ResourceHost;
  readonly #open = new Set<HeldClient>();
  #unobserve: (() => void) | undefined;
  #isClosed = false;

  public constructor(recipe: Recipe, host: ResourceHost) {
    this.#recipe = recipe;
    this.#host = host;
  }

  public get current(): HeldClient | undefined {
    // What this class prepares is what the host gives.
    return this.#isClosed ? undefined : (this.#host.value() as HeldClient | undefined);
  }

  public get draining(): number {
    return [...this.#open].filter(({ ends }) => ends).length;
  }

  /** Makes a client ready for settings: the one that is open where only hot fields differ. */
  public async prepare({ sections: [settings], needs, signal }: ParticipantContext): Promise<PreparedResource> {
    // A section's instance is an object, and all that a resource needs is a resource.
    const parts = { settings, needs, inUse: this.current?.client } as ClientParts;
    const open = [...this.#open].find((held) => !held.ends && held.fits(parts));
    const held = open ?? (await this.#make(parts, signal));
    held.hold();
    return this.#prepared(held, parts.settings);
  }

  async #make(parts: ClientParts, signal: AbortSignal): Promise<HeldClient> {
    const { name, lazy } = this.#recipe;
    const { clock, logger, metrics } = this.#host;
    const held: HeldClient = new HeldClient(this.#recipe, this.#host, parts, () => this.#open.delete(held));
    // A lazy client is made on first use.
    if (lazy && this.current?.client === undefined) return this.#opened(held);
    const begun = clock.monotonic();
    try {
      await held.make(signal);
    } catch (error) {
      metrics.count('config.resource.clients', 1, { resource: name, result: 'failed' });
      throw error;
    }
    metrics.count('config.resource.clients', 1, { resource: name, result: 'made' });
    const time = Math.round(clock.monotonic() - begun);
    const message = `A client of ${name} was made in ${String(time)} ms.`;
    logger.log({ level: 'info', event: 'config.resource.made', message, fields: { resource: name, time } });
    return this.#opened(held);
  }

  #opened(held: HeldClient): HeldClient {
    this.#open.add(held);
    return held;
  }

  #prepared(held: HeldClient, settings: object | undefined): PreparedResource {
    return {
      value: held,
      limit: this.#recipe.drainTimeout + CLOSING,
      users: () => held.users,
      committed: () => {
        this.#observe();
        held.apply(settings);
      },
      abandon: async () => held.letGo(),
      drain: async (reason) => {
        if (reason === 'closed') this.#close();
        await held.letGo();
      },
    };
  }

  #observe(): void {
    const read = (): number => this.current?.userCount ?? 0;
    this.#unobserve ??= this.#host.metrics.observe('config.resource.users', read, { resource: this.#recipe.name });
  }

  #close(): void {
    this.#isClosed = true;
    this.#unobserve?.();
  }
}
