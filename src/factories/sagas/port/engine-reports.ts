import { ConfigError, thrownInWords } from '../../../core/index.js';
import type { ResourceHost } from '../../../container/index.js';
import type { SagasHealth } from './sagas.js';

/** What an engine says of its runs and of itself, in logs, health and errors. */
export class EngineReports {
  readonly #name: string;
  readonly #host: Pick<ResourceHost, 'logger'>;
  #unlisted: readonly string[] = [];

  /** @param name of the sagas */
  public constructor(name: string, host: Pick<ResourceHost, 'logger'>) {
    this.#name = name;
    this.#host = host;
  }

  /** There are open runs of these sagas, which are not listed; what is new is logged. */
  public found(unlisted: readonly string[]): void {
    const hasNews = unlisted.some((saga) => !this.#unlisted.includes(saga));
    this.#unlisted = unlisted;
    if (!hasNews) return;
    this.#host.logger.log({
      level: 'warn',
      event: 'config.saga.unlisted',
      message: `${this.#name}: there are open runs of ${unlisted.join(', ')}, which are not listed; they wait until they are.`,
      fields: { unlisted },
    });
  }

  public health(running: number, waiting: number): Omit<SagasHealth, 'name'> {
    const known = { running, waiting, unlisted: this.#unlisted };
    if (this.#unlisted.length === 0) return { ...known, status: 'healthy' };
    const problem = `There are open runs of ${this.#unlisted.join(', ')}, which are not listed.`;
    return { ...known, status: 'degraded', problem };
  }

  /** @param count of the processes that it has ended */
  public poisoned(run: string, saga: string, count: number): void {
    this.#host.logger.log({
      level: 'error',
      event: 'config.saga.poisoned',
      message: `The run ${run} of ${saga} was given up: it has outlived ${String(count)} processes, its compensation too.`,
      fields: { run, saga, count },
    });
  }

  public troubled(what: string, error: unknown): void {
    const problem = thrownInWords(error);
    const message = `The engine of ${this.#name} ${what}: it threw ${problem}.`;
    const fields = { sagas: this.#name, problem };
    this.#host.logger.log({ level: 'error', event: 'config.saga.engine-failed', message, fields });
  }

  public closed(): ConfigError {
    return new ConfigError({
      code: 'resource-closed',
      message: `The engine of "${this.#name}" is closing, and takes no new runs.`,
      recovery: 'Start it again when the program has started anew.',
    });
  }
}
