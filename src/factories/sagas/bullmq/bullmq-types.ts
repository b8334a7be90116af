/** A job of the package `bullmq`, as far as we look at it. */
export interface BullmqJob {
  readonly id?: string | undefined;
  readonly data: unknown;
  readonly returnvalue: unknown;
  readonly failedReason: string;
  getState(): Promise<string>;
  updateData(data: unknown): Promise<unknown>;
  moveToWait(token?: string): Promise<unknown>;
}

/** A queue of the package `bullmq`. */
export interface BullmqQueue {
  on(event: 'error', listener: (error: Error) => void): unknown;
  add(
    name: string,
    data: unknown,
    options: {
      jobId: string;
      attempts: number;
      backoff: { type: 'exponential'; delay: number; jitter: number };
      removeOnComplete: { age: number };
      removeOnFail: { age: number };
    },
  ): Promise<unknown>;
  getJob(id: string): Promise<BullmqJob | undefined>;
  getJobCounts(...types: ('waiting' | 'active' | 'delayed')[]): Promise<Record<string, number>>;
  close(): Promise<unknown>;
}

/** A worker of the package `bullmq`. Milliseconds. */
export interface BullmqWorker {
  concurrency: number;
  on(event: 'error', listener: (error: Error) => void): unknown;
  run(): Promise<unknown>;
  close(force?: boolean): Promise<unknown>;
}

/** What queues and workers are made with: the connection is one of `ioredis`. */
export interface BullmqBaseOptions {
  connection: never;
  prefix: string;
}

/** How a worker works. Milliseconds. */
export interface BullmqWorkerOptions extends BullmqBaseOptions {
  autorun: false;
  concurrency: number;
  lockDuration: number;
  stalledInterval: number;
  maxStalledCount: number;
}

/** What we ask of the package `bullmq`. Subpath: `uno-config/sagas/bullmq`. */
export interface BullmqDriver {
  readonly Queue: new (name: string, options: BullmqBaseOptions) => BullmqQueue;
  readonly Worker: new (
    name: string,
    work: (job: BullmqJob, token?: string) => Promise<unknown>,
    options: BullmqWorkerOptions,
  ) => BullmqWorker;
  readonly WaitingError: new () => Error;
}
