import {
  abortController,
  type Clock,
  ConfigError,
  type ConfigLayer,
  type ConfigLogger,
  type ConfigSource,
  type Environment,
  thrownInWords,
} from '../core/index.js';
import { type ConfigDefinition, type LoadPlan, planLoad, selectorsOf, SourceSlots } from '../runtime/index.js';
import { propertiesOf, type ServedProperty } from './served-properties.js';

/** What one view is made from. */
export interface ViewPlace {
  readonly application: string;
  /** The server's own when absent. */
  readonly label: string | undefined;
  readonly environment: Environment;
  readonly config: ConfigDefinition;
  readonly sources: readonly ConfigSource[];
}

/** What all views have in common. */
export interface ViewWorld {
  readonly clock: Clock;
  readonly logger: ConfigLogger;
  readonly moved: (view: ServedView) => void;
}

/** `absent`: the sources hold nothing for this environment. */
export type ViewState = 'starting' | 'ready' | 'absent';

const RETRY_AFTER = 5_000;
/** Milliseconds in which changes are joined. */
const DEBOUNCE = 20;
const LOOK_EVERY = 500;

/** The settings of one application in one version, as one environment has them: kept current, with the last good ones. */
export class ServedView {
  public readonly place: ViewPlace;
  public readonly plan: LoadPlan;
  readonly #world: ViewWorld;
  readonly #slots: SourceSlots;
  readonly #end = abortController();
  readonly #properties = new WeakMap<ConfigLayer, readonly ServedProperty[]>();
  #state: ViewState = 'starting';
  #said: string | undefined;

  /** @throws TypeError naming an option of the definition. */
  public constructor(place: ViewPlace, world: ViewWorld) {
    const { config, sources, environment } = place;
    const { clock, logger } = world;
    const options = { ...config, sources, environment, clock, logger };
    this.place = place;
    this.plan = planLoad(options, false);
    this.#world = world;
    // Of the program that reads the settings, this process knows only the environment.
    const { environments } = config;
    const selectors = selectorsOf({ environment, env: {}, ...(environments !== undefined && { environments }) });
    this.#slots = new SourceSlots(options, this.plan, { selectors, debounce: DEBOUNCE });
  }

  public get state(): ViewState {
    return this.#state;
  }

  /** Reads the sources, and watches them from then on. Ends with the first attempt; tries again until one succeeds. */
  public async start(): Promise<void> {
    const { clock, logger } = this.#world;
    const { signal } = this.#end;
    try {
      await this.loadKeys();
      await this.#slots.start();
      if (signal.aborted) return;
      this.#state = 'ready';
      this.#slots.onMoved(() => {
        this.#world.moved(this);
      });
      await this.#slots.watch({ pollInterval: LOOK_EVERY, watch: true });
      this.#world.moved(this);
    } catch (error) {
      if (signal.aborted) return;
      this.#state = ConfigError.is(error) && error.code === 'source-not-found' ? 'absent' : 'starting';
      const { application, environment } = this.place;
      const why = ConfigError.is(error) ? error.message : thrownInWords(error);
      const message = `The settings of ${application} for ${environment} cannot be served yet: ${why}`;
      // It is tried every few seconds; the same is said once.
      if (message !== this.#said) {
        logger.log({
          level: this.#state === 'absent' ? 'info' : 'error',
          event: 'config.server.not-ready',
          message,
          fields: { application, environment },
        });
        this.#said = message;
      }
      const cancel = clock.after(RETRY_AFTER, () => {
        signal.removeEventListener('abort', cancel);
        void this.start();
      });
      signal.addEventListener('abort', cancel, { once: true });
    }
  }

  public layers(): readonly (readonly ConfigLayer[])[] {
    return this.#slots.held();
  }

  /** The properties of a layer, worked out once. */
  public properties(layer: ConfigLayer): readonly ServedProperty[] {
    const known = this.#properties.get(layer);
    if (known !== undefined) return known;
    const made = propertiesOf(layer, this.plan);
    this.#properties.set(layer, made);
    return made;
  }

  /** The revisions of those sources that have any; nothing where one has none. */
  public get revision(): string | undefined {
    const revisions = this.#slots.health().map(({ revision }) => revision);
    return revisions.every((revision) => revision !== undefined) ? [...new Set(revisions)].join(',') : undefined;
  }

  /** Loads the keys of the application anew. */
  public async loadKeys(): Promise<void> {
    const { environment, config } = this.place;
    const { signal } = this.#end;
    await this.plan.secrets.load({ environment, env: config.env ?? process.env, signal, logger: this.#world.logger });
  }

  /** Ends the reading; sources that no other view reads are closed. */
  public async close(): Promise<void> {
    this.#end.abort();
    await this.#slots.end();
    await Promise.allSettled(this.#slots.closeSources().map(({ closed }) => closed));
  }
}
