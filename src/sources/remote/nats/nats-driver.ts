import type { SettingsRelease } from '../../../core/index.js';
import type { LazyClient, NewRelease, StoreDriver, StoreListener, StoreRead, StoreState } from '../store/index.js';
import { aborted } from '../until-aborted.js';
import type { NatsKeptMessage, NatsStoreDriver, NatsStoreManager, NatsStoreStream } from './nats-types.js';

export interface NatsClient {
  readonly driver: Pick<NatsStoreDriver, 'headers'>;
  readonly stream: NatsStoreStream;
  readonly manager: NatsStoreManager;
  close(): Promise<void>;
}

/** Of a stream: a write that expected another message before it; no such message; no such stream. */
const [CONFLICT, NO_MESSAGE, NO_STREAM] = [10_071, 10_037, 10_059];
/** How many values a bucket keeps of each key, which is the most that there may be. */
const KEPT = 64;
const [AUTHOR, COMMENT] = ['Uno-Config-Author', 'Uno-Config-Comment'];
const HOUR = 3_600_000;

/**
 * A document in a bucket of NATS KV, by the stream that the bucket is: its revision is the number of the message, and the
 * values before it are its releases. Author and comment are headers, so that the value is the document alone.
 */
export class NatsDriver implements StoreDriver {
  readonly #client: LazyClient<NatsClient>;
  readonly #bucket: string;
  readonly #key: string;

  public constructor(client: LazyClient<NatsClient>, bucket: string, key: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#key = key;
  }

  public async read({ known, at, ids = [''] }: StoreRead): Promise<StoreState> {
    const query = at === undefined ? { last_by_subj: this.#subject(this.#key) } : { seq: at };
    const message = await this.#message(query);
    if (message?.subject !== this.#subject(this.#key)) return { revision: 0, documents: new Map() };
    const { seq: revision, time } = message;
    // What was deleted is there no more, though its revision is.
    const isGone = (message.header?.get('KV-Operation') ?? '') !== '';
    const isWanted = !isGone && revision !== known && ids.includes('');
    return { revision, at: time.getTime(), documents: new Map(isWanted ? [['', message.string()]] : []) };
  }

  public async append(release: NewRelease): Promise<number | undefined> {
    try {
      return await this.#append(release);
    } catch (error) {
      if (!isWithoutStream(error)) throw error;
      await this.#create();
      return this.#append(release);
    }
  }

  public async history(limit: number): Promise<readonly SettingsRelease[]> {
    const releases: SettingsRelease[] = [];
    const subject = this.#subject(this.#key);
    for (let seq = 1; ;) {
      const message = await this.#message({ seq, next_by_subj: subject });
      if (message === null) break;
      const [author = '', comment = ''] = [AUTHOR, COMMENT].map((name) => message.header?.get(name));
      releases.push({
        revision: message.seq,
        at: message.time.getTime(),
        ...(author !== '' && { author: decodeURIComponent(author) }),
        ...(comment !== '' && { comment: decodeURIComponent(comment) }),
        documents: [''],
      });
      seq = message.seq + 1;
    }
    return releases.toReversed().slice(0, limit);
  }

  public async listen({ changed, signal }: StoreListener): Promise<void> {
    const { stream } = await this.#client.get();
    const subject = this.#subject(this.#key);
    const options = { filter_subjects: subject, deliver_policy: 'last_per_subject' };
    // The types of the package have an enum of these words.
    const consumer = await stream.consumers.get(this.#stream, options as never);
    const messages = await consumer.consume();
    void aborted(signal).then(() => {
      messages.stop();
    });
    for await (const { seq } of messages) changed(seq);
  }

  public async report(instance: string, text: string): Promise<void> {
    const { stream, driver } = await this.#client.get();
    const headers = driver.headers();
    headers.set('Nats-Rollup', 'sub');
    await stream.publish(this.#instance(instance), text, { headers: headers as never });
  }

  public async leave(instance: string): Promise<void> {
    const { stream, driver } = await this.#client.get();
    const headers = driver.headers();
    headers.set('KV-Operation', 'PURGE');
    headers.set('Nats-Rollup', 'sub');
    await stream.publish(this.#instance(instance), '', { headers: headers as never });
  }

  public async instances(): Promise<readonly { readonly text: string; readonly age: number }[]> {
    const { manager } = await this.#client.get();
    const filter = { subjects_filter: this.#subject(`fleet.${this.#key}.*`) };
    const { state } = await manager.streams.info(this.#stream, filter as never);
    const found = await Promise.all(
      Object.keys(state.subjects ?? {}).map(async (subject) => this.#message({ last_by_subj: subject })),
    );
    const now = Date.now();
    return found.flatMap((message) => {
      if (message === null || (message.header?.get('KV-Operation') ?? '') !== '') return [];
      const age = Math.max(0, now - message.time.getTime());
      return age < HOUR ? [{ text: message.string(), age }] : [];
    });
  }

  public async close(): Promise<void> {
    await this.#client.close();
  }

  async #append({ expected, changes, author, comment }: NewRelease): Promise<number | undefined> {
    const { stream, driver } = await this.#client.get();
    const headers = driver.headers();
    // A header is one line of ASCII.
    if (author !== undefined) headers.set(AUTHOR, encodeURIComponent(author));
    if (comment !== undefined) headers.set(COMMENT, encodeURIComponent(comment));
    try {
      const { seq } = await stream.publish(this.#subject(this.#key), changes.get('') ?? '{}', {
        headers: headers as never,
        expect: { lastSubjectSequence: expected },
      });
      return seq;
    } catch (error) {
      if (codeOf(error) === CONFLICT) return undefined;
      throw error;
    }
  }

  async #message(query: object): Promise<NatsKeptMessage | null> {
    const { manager } = await this.#client.get();
    try {
      // From the server that leads the stream: the others may lag.
      return await manager.streams.getMessage(this.#stream, query as never);
    } catch (error) {
      if (codeOf(error) === NO_MESSAGE || codeOf(error) === NO_STREAM) return null;
      throw error;
    }
  }

  /** As the command line of NATS makes buckets. */
  async #create(): Promise<void> {
    const { manager } = await this.#client.get();
    const config = {
      name: this.#stream,
      subjects: [this.#subject('>')],
      max_msgs_per_subject: KEPT,
      discard: 'new',
      deny_delete: true,
      allow_rollup_hdrs: true,
      allow_direct: true,
    };
    await manager.streams.add(config as never);
  }

  get #stream(): string {
    return `KV_${this.#bucket}`;
  }

  #subject(key: string): string {
    return `$KV.${this.#bucket}.${key}`;
  }

  /** In a subject there are no dots or spaces but its own. */
  #instance(instance: string): string {
    return this.#subject(`fleet.${this.#key}.${Buffer.from(instance).toString('hex')}`);
  }
}

/** Nobody answers on the subject of a bucket that has not been made yet. */
function isWithoutStream(error: unknown): boolean {
  // Which the client takes for a server without streams.
  return codeOf(error) === NO_STREAM || Reflect.get(Object(error) as object, 'name') === 'JetStreamNotEnabled';
}

function codeOf(error: unknown): unknown {
  return Reflect.get(Object(error) as object, 'code');
}
