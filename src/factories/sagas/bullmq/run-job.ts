import { isConfigMap } from '../../../core/index.js';
import type { SagaRecord } from '../port/index.js';
import type { BullmqJob } from './bullmq-types.js';

export interface RunData {
  readonly run: string;
  readonly record: SagaRecord;
  /** What its steps came to. */
  readonly done: Readonly<Record<string, unknown>>;
  /** The process that has it, and how many have had it. */
  readonly process?: string;
  readonly processes: number;
}

/** The progress of a run in its job, written after each step; one write after the other. */
export class RunJob {
  readonly #job: BullmqJob;
  readonly #done: Record<string, unknown>;
  #data: RunData;
  #writing: Promise<void> = Promise.resolve();

  public constructor(job: BullmqJob) {
    this.#job = job;
    // What `start` has put there.
    this.#data = job.data as RunData;
    this.#done = { ...(isConfigMap(this.#data.done) ? this.#data.done : {}) };
  }

  public get run(): string {
    return this.#data.run;
  }

  public get record(): SagaRecord {
    return this.#data.record;
  }

  public get processes(): number {
    return this.#data.processes;
  }

  public async taken(process: string): Promise<void> {
    if (this.#data.process === process) return;
    await this.#write({ ...this.#data, process, processes: this.#data.processes + 1 });
  }

  /** Does what is not done yet, and keeps what it answers. */
  public async once<T>(step: string, act: () => Promise<T>): Promise<T> {
    // What was kept under this name is what this step answered.
    if (Object.hasOwn(this.#done, step)) return this.#done[step] as T;
    const answer = await act();
    this.#done[step] = answer;
    await this.#write({ ...this.#data, done: { ...this.#done } });
    return answer;
  }

  public isDone(step: string): boolean {
    return Object.hasOwn(this.#done, step);
  }

  async #write(data: RunData): Promise<void> {
    this.#data = data;
    // Each writes all that there is by then.
    this.#writing = this.#writing.then(async () => {
      await this.#job.updateData({ ...this.#data, done: { ...this.#done } });
    });
    await this.#writing;
  }
}
