import {
  ConfigError,
  isConfigMap,
  option,
  type OptionKinds,
  type OptionValues,
  type ConfigSource,
  type DocumentChanges,
  type InstanceReport,
  type ReleaseOptions,
  type Revision,
  type SeenInstance,
  type SettingsStore,
  SourceUnreachable,
  type StoredDocuments,
  thrownInWords,
  type TimeSpan,
} from '../../../core/index.js';
import {
  type RemoteAnswer,
  type RemoteReadContext,
  remoteSource,
  type RemoteSourceOptions,
  type WritableSource,
} from '../remote-source.js';
import { revisionConflict } from '../revision-conflict.js';
import { jsonMap, parsedJson } from '../source-errors.js';
import { untilAborted } from '../until-aborted.js';
import { changesAsText, type StoreDriver } from './store-driver.js';

/** What all sources take that read a store with releases. */
export interface StoreSourceOptions {
  /** Names the settings in the store; what shares a namespace shares its revisions. */
  readonly namespace: string;
  /** `one` document with the settings, or `many` with an id each, such as one for each tenant. Default: `one`. */
  readonly documents?: 'one' | 'many';
  /** The time between reads, with or without a change notice. Default: `1m`. */
  readonly poll?: TimeSpan;
  /** The longest that one read may take. Default: `10s`. */
  readonly timeout?: TimeSpan;
  /** A notified change is read after a random part of this time, so that many programs do not read at once. Default: `100ms`. */
  readonly jitter?: TimeSpan;
  /** Whether `${…}` in strings are references. Default: true. */
  readonly references?: boolean;
}

/** A source that reads a store, and can be written. */
export interface StoreSource extends WritableSource {
  readonly store: SettingsStore;
}

export const STORE_OPTIONS = {
  namespace: option.required(option.kind('a name without spaces, of at most 100 characters', isNamespace)),
  documents: option.or(option.oneOf('one', 'many'), 'one'),
  poll: option.anything,
  timeout: option.anything,
  jitter: option.anything,
  references: option.anything,
} satisfies OptionKinds<StoreSourceOptions>;

export type ReadStoreOptions = OptionValues<StoreSourceOptions, typeof STORE_OPTIONS>;

/** The id of the only document of a store of one. */
const ONLY = '';
const MOST_CHARACTERS = 16 * 1024 * 1024;

export function storeSource(kind: string, options: ReadStoreOptions, driver: StoreDriver): StoreSource {
  const { namespace, documents, poll, timeout, jitter = '100ms', references } = options;
  const name = `${kind} ${namespace}`;
  const given = { name, ...(references !== undefined && { references }) };
  const store = storeOver(name, documents, driver);
  const source = remoteSource({
    ...given,
    jitter,
    ...(poll !== undefined && { poll }),
    ...(timeout !== undefined && { timeout }),
    read: documents === 'one' ? async (context) => readOne(name, driver, context) : readMany(name, driver),
    ...(driver.listen !== undefined && { watch: async (listener) => driver.listen?.(listener) }),
    write: async (document, { expected, author, comment }) => {
      if (documents === 'one') {
        return store.publish(new Map([[ONLY, document]]), { expected: numberOf(name, expected), author, comment });
      }
      throw new TypeError(`${name}: it holds many documents; write them with store.publish(changes, { expected }).`);
    },
    close: async () => driver.close(),
  });
  const holding = (state: StoredDocuments): ConfigSource => sourceHolding(given, documents, state);
  return Object.freeze<StoreSource>({ ...source, store, holding });
}

async function readOne(
  name: string,
  driver: StoreDriver,
  { known, signal }: RemoteReadContext,
): Promise<RemoteAnswer | 'unchanged'> {
  const { revision, at, documents } = await untilAborted(
    signal,
    driver.read({ ...(typeof known === 'number' && { known }), ids: [ONLY] }),
  );
  if (revision === 0) throw nothingThere(name);
  if (revision === known) return 'unchanged';
  const text = documents.get(ONLY);
  if (text === undefined) throw nothingThere(name);
  return { value: parsed(name, text), revision, at };
}

function readMany(name: string, driver: StoreDriver): (context: RemoteReadContext) => Promise<RemoteAnswer> {
  return async ({ floor, ids, signal }) => {
    const { revision, at, documents } = await untilAborted(signal, driver.read({ ids }));
    if (revision === 0) throw nothingThere(name);
    const value = new Map([...documents].map(([id, text]) => [id, parsedOrError(`${name} ${id}`, text)]));
    // A part of the documents is no newer than what was notified: the notice of another one is still to come.
    const isPart = ids !== undefined && typeof floor === 'number';
    return { value, revision: isPart ? Math.min(floor, revision) : revision, at };
  };
}

function sourceHolding(
  given: Pick<RemoteSourceOptions, 'name' | 'references'>,
  holds: 'one' | 'many',
  { revision, documents }: StoredDocuments,
): ConfigSource {
  const read = async (): Promise<RemoteAnswer> => {
    const value = holds === 'one' ? documents.get(ONLY) : documents;
    if (value === undefined) throw nothingThere(given.name);
    return Promise.resolve({ value, revision });
  };
  return remoteSource({ ...given, read });
}

function storeOver(name: string, documents: 'one' | 'many', driver: StoreDriver): SettingsStore {
  const asked = async <T>(ask: Promise<T>): Promise<T> =>
    ask.catch((error: unknown) => {
      if (ConfigError.is(error)) throw error;
      throw new SourceUnreachable({ source: name, why: `it threw ${thrownInWords(error)}` });
    });
  return Object.freeze<SettingsStore>({
    name,
    documents,
    read: async (at) => {
      const state = await asked(driver.read({ at }));
      if (at !== undefined && state.revision !== at) throw revisionGone(name, at);
      return stored(name, state);
    },
    publish: async (changes: DocumentChanges, { expected, author, comment }: ReleaseOptions) => {
      checkChanges(name, documents, changes);
      const revision = await asked(driver.append({ expected, changes: changesAsText(changes), author, comment }));
      if (revision !== undefined) return revision;
      const { revision: found } = await asked(driver.read({ ids: [] }));
      throw revisionConflict({ source: name, expected: expected === 0 ? undefined : expected, found });
    },
    history: async (limit) => asked(driver.history(limit)),
    report: async (report) => asked(driver.report(report.instance, JSON.stringify(report))),
    leave: async (instance) => asked(driver.leave(instance)),
    instances: async () => (await asked(driver.instances())).flatMap(({ text, age }) => seen(text, age)),
  });
}

function stored(name: string, { revision, documents }: Awaited<ReturnType<StoreDriver['read']>>): StoredDocuments {
  const trees = [...documents].map(([id, text]) => [id, parsed(id === ONLY ? name : `${name} ${id}`, text)] as const);
  return { revision, documents: new Map(trees) };
}

/** Anybody may write there who may write the store: what is no report is left out. */
function seen(text: string, age: number): readonly SeenInstance[] {
  const report: unknown = jsonMap(text);
  return isReport(report) ? [{ ...report, age }] : [];
}

function isReport(report: unknown): report is InstanceReport {
  if (!isConfigMap(report)) return false;
  const { instance, revision = '', generation, health, problems, rejection, started, every } = report;
  return (
    [instance, revision, health].every((text) => typeof text === 'string') &&
    [generation, started, every].every((number) => typeof number === 'number') &&
    Array.isArray(problems) &&
    problems.every((problem) => typeof problem === 'string') &&
    (rejection === undefined || (isConfigMap(rejection) && typeof rejection['message'] === 'string'))
  );
}

function parsed(name: string, text: string): object {
  if (text.length > MOST_CHARACTERS) {
    throw new ConfigError({
      code: 'source-too-large',
      category: 'parse',
      message: `${name} holds more than ${String(MOST_CHARACTERS)} characters.`,
      recovery: 'Publish a smaller document.',
    });
  }
  const recovery = 'Publish an earlier revision again with uno-config rollback.';
  const value = parsedJson(text, `${name} holds something else than JSON.`, recovery);
  if (isConfigMap(value)) return value;
  const message = `${name} holds something else than an object of settings.`;
  throw new ConfigError({ code: 'not-a-map', message, recovery });
}

function parsedOrError(name: string, text: string): object {
  try {
    return parsed(name, text);
  } catch (error) {
    if (ConfigError.is(error)) return error;
    throw error;
  }
}

function checkChanges(name: string, documents: 'one' | 'many', changes: DocumentChanges): void {
  if (changes.size === 0) throw new TypeError(`${name}: publish takes one document or more.`);
  for (const [id, document] of changes) {
    if ((id === ONLY) !== (documents === 'one') || !isDocumentId(id)) {
      const legal = documents === 'one' ? 'an empty string' : 'a name without spaces, of at most 100 characters';
      throw new TypeError(`${name}: the id of a document must be ${legal}, not ${JSON.stringify(id.slice(0, 40))}.`);
    }
    if (document !== undefined && !isConfigMap(document)) {
      throw new TypeError(`${name}: publish takes plain objects of settings, and undefined to delete a document.`);
    }
    if (document === undefined && id === ONLY) {
      throw new TypeError(`${name}: its only document cannot be deleted; publish {} for no settings.`);
    }
  }
}

function isNamespace(value: unknown): boolean {
  return typeof value === 'string' && /^[\p{L}\p{N}][\p{L}\p{N}._/-]{0,99}$/u.test(value);
}

function isDocumentId(id: string): boolean {
  return id === ONLY || isNamespace(id);
}

function numberOf(name: string, expected: Revision | undefined): number {
  if (expected === undefined) return 0;
  const revision = Number(expected);
  if (Number.isSafeInteger(revision)) return revision;
  throw new TypeError(`${name}: expected must be a revision of this store, which is a whole number.`);
}

function nothingThere(name: string): ConfigError {
  return new ConfigError({
    code: 'source-not-found',
    message: `${name} holds no settings yet.`,
    recovery: 'Publish them with uno-config push, or wrap the source in optional(…).',
  });
}

function revisionGone(name: string, revision: number): ConfigError {
  return new ConfigError({
    code: 'revision-gone',
    message: `${name} has no revision ${String(revision)}.`,
    recovery: 'See those that are kept with uno-config history.',
  });
}
