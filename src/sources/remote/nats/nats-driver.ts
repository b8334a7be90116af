import type { SettingsRelease } from '../../../core/index.js';
import type { LazyClient, NewRelease, StoreDriver } from '../store/index.js';
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
export function natsDriver(client: LazyClient<NatsClient>, bucket: string, key: string): StoreDriver {
  const streamName = `KV_${bucket}`;
  const subjectOf = (name: string): string => `$KV.${bucket}.${name}`;
  const subject = subjectOf(key);
  /** In a subject there are no dots or spaces but its own. */
  const subjectOfInstance = (instance: string): string =>
    subjectOf(`fleet.${key}.${Buffer.from(instance).toString('hex')}`);

  async function message(query: object): Promise<NatsKeptMessage | null> {
    const { manager } = await client.get();
    try {
      // From the server that leads the stream: the others may lag.
      return await manager.streams.getMessage(streamName, query as never);
    } catch (error) {
      if (codeOf(error) === NO_MESSAGE || codeOf(error) === NO_STREAM) return null;
      throw error;
    }
  }

  async function append({ expected, changes, author, comment }: NewRelease): Promise<number | undefined> {
    const { stream, driver } = await client.get();
    const headers = driver.headers();
    // A header is one line of ASCII.
    if (author !== undefined) headers.set(AUTHOR, encodeURIComponent(author));
    if (comment !== undefined) headers.set(COMMENT, encodeURIComponent(comment));
    try {
      const { seq } = await stream.publish(subject, changes.get('') ?? '{}', {
        headers: headers as never,
        expect: { lastSubjectSequence: expected },
      });
      return seq;
    } catch (error) {
      if (codeOf(error) === CONFLICT) return undefined;
      throw error;
    }
  }

  /** As the command line of NATS makes buckets. */
  async function create(): Promise<void> {
    const { manager } = await client.get();
    const config = {
      name: streamName,
      subjects: [subjectOf('>')],
      max_msgs_per_subject: KEPT,
      discard: 'new',
      deny_delete: true,
      allow_rollup_hdrs: true,
      allow_direct: true,
    };
    await manager.streams.add(config as never);
  }

  /** In the place of all that was said of the instance before. */
  async function say(instance: string, text: string, operation?: string): Promise<void> {
    const { stream, driver } = await client.get();
    const headers = driver.headers();
    if (operation !== undefined) headers.set('KV-Operation', operation);
    headers.set('Nats-Rollup', 'sub');
    await stream.publish(subjectOfInstance(instance), text, { headers: headers as never });
  }

  return {
    read: async ({ known, at, ids = [''] }) => {
      const found = await message(at === undefined ? { last_by_subj: subject } : { seq: at });
      if (found?.subject !== subject) return { revision: 0, documents: new Map() };
      const { seq: revision, time } = found;
      // What was deleted is there no more, though its revision is.
      const isWanted = !isGone(found) && revision !== known && ids.includes('');
      return { revision, at: time.getTime(), documents: new Map(isWanted ? [['', found.string()]] : []) };
    },
    append: async (release) => {
      try {
        return await append(release);
      } catch (error) {
        if (!isWithoutStream(error)) throw error;
        await create();
        return append(release);
      }
    },
    history: async (limit) => {
      const releases: SettingsRelease[] = [];
      for (let seq = 1; ;) {
        const found = await message({ seq, next_by_subj: subject });
        if (found === null) break;
        const [author = '', comment = ''] = [AUTHOR, COMMENT].map((name) => found.header?.get(name));
        releases.push({
          revision: found.seq,
          at: found.time.getTime(),
          ...(author !== '' && { author: decodeURIComponent(author) }),
          ...(comment !== '' && { comment: decodeURIComponent(comment) }),
          documents: [''],
        });
        seq = found.seq + 1;
      }
      return releases.toReversed().slice(0, limit);
    },
    listen: async ({ changed, signal }) => {
      const { stream } = await client.get();
      const options = { filter_subjects: subject, deliver_policy: 'last_per_subject' };
      // The types of the package have an enum of these words.
      const consumer = await stream.consumers.get(streamName, options as never);
      const messages = await consumer.consume();
      void aborted(signal).then(() => {
        messages.stop();
      });
      for await (const { seq } of messages) changed(seq);
    },
    report: async (instance, text) => say(instance, text),
    leave: async (instance) => say(instance, '', 'PURGE'),
    instances: async () => {
      const { manager } = await client.get();
      const filter = { subjects_filter: subjectOf(`fleet.${key}.*`) };
      const { state } = await manager.streams.info(streamName, filter as never);
      const subjects = Object.keys(state.subjects ?? {});
      const found = await Promise.all(subjects.map(async (one) => message({ last_by_subj: one })));
      const now = Date.now();
      return found.flatMap((one) => {
        if (one === null || isGone(one)) return [];
        const age = Math.max(0, now - one.time.getTime());
        return age < HOUR ? [{ text: one.string(), age }] : [];
      });
    },
    close: async () => client.close(),
  };
}

function isGone({ header }: NatsKeptMessage): boolean {
  return (header?.get('KV-Operation') ?? '') !== '';
}

/** Nobody answers on the subject of a bucket that has not been made yet. */
function isWithoutStream(error: unknown): boolean {
  // Which the client takes for a server without streams.
  return codeOf(error) === NO_STREAM || Reflect.get(Object(error) as object, 'name') === 'JetStreamNotEnabled';
}

function codeOf(error: unknown): unknown {
  return Reflect.get(Object(error) as object, 'code');
}
