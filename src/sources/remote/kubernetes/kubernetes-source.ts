import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ConfigSource,
  option,
  OptionMistake,
  type OptionKinds,
  readOptions,
  systemClock,
} from '../../../core/index.js';
import { type Credential, httpAddress, HttpClient, HttpFailure, isCredential } from '../../../http/index.js';
import {
  cloudSource,
  nothingThere,
  SECRET_STORE_OPTIONS,
  type SecretStoreOptions,
  type StoredText,
  storedText,
} from '../cloud/index.js';
import type { RemoteWatchContext } from '../remote-watch.js';
import { type KubernetesApi, kubernetesApi, type KubernetesObject } from './kubernetes-api.js';

/** What {@link kubernetesSource} takes: a ConfigMap or a Secret. */
export interface KubernetesSourceOptions extends SecretStoreOptions {
  /** The name of a ConfigMap. */
  readonly configMap?: string;
  /** Instead of that, the name of a Secret. */
  readonly secret?: string;
  /** Default: the namespace of the pod. */
  readonly namespace?: string;
  /** Of the API server. Default: the one that the pod runs under. */
  readonly address?: string;
  /** Asked for with every request. Default: the token of the service account, which is read each time. */
  readonly token?: Credential;
  /** Certificates of the authorities that are trusted, as PEM. Default: that of the service account. */
  readonly ca?: string;
  /** A change is read after a random part of this time, so that many pods do not read at once. Default: `100ms`. */
  readonly jitter?: string | { readonly milliseconds: number };
  /** Where the service account is mounted. Default: `/var/run/secrets/kubernetes.io/serviceaccount`. */
  readonly folder?: string;
}

const NAME = option.kind(
  'the name of an object of Kubernetes',
  (value) => typeof value === 'string' && /^[a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?$/.test(value),
);

const OPTIONS = {
  ...SECRET_STORE_OPTIONS,
  configMap: NAME,
  secret: NAME,
  namespace: NAME,
  address: option.name,
  token: option.kind('a function that gives it, or a SecureValue', isCredential),
  ca: option.text,
  jitter: option.or(option.span, 100),
  folder: option.or(option.path, '/var/run/secrets/kubernetes.io/serviceaccount'),
} satisfies OptionKinds<KubernetesSourceOptions>;

/** A watch that ends sooner did not work, though nobody said so. */
const SOUND = 5_000;
/** After so many of them it is begun again from a list, after a pause. */
const MOST_SHORT = 3;

/**
 * One ConfigMap or Secret, read and watched by the API of the cluster: a change arrives at once, instead of with the next
 * turn of the kubelet. The object is one state, and its `resourceVersion` the revision. Keys that end as a file (`app.yaml`)
 * are documents, all others single settings: `database.host`, `database__host`. In a pod everything is found by itself; the
 * service account needs `list` and `watch` on the object. Subpath: `uno-config/sources/kubernetes`.
 *
 * @throws TypeError naming an option that cannot be used, or saying that this is no pod and `address` is missing.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found`, `source-failed`,
 *   `invalid-key`, `conflicting-keys`, and those of the formats of documents.
 * @example
 * ```ts
 * const sources = [
 *   kubernetesSource({ configMap: 'orders' }),
 *   kubernetesSource({ secret: 'orders-db', at: 'orders.db', plain: ['orders.db.user'] }),
 * ];
 * ```
 */
export function kubernetesSource(options: KubernetesSourceOptions): ConfigSource {
  const read = readOptions<KubernetesSourceOptions, typeof OPTIONS>('kubernetesSource', options, OPTIONS);
  const { configMap, secret, folder, namespace: given, jitter } = read;
  const name = configMap ?? secret;
  if (name === undefined || (configMap !== undefined && secret !== undefined)) {
    throw new OptionMistake('kubernetesSource: give either configMap or secret, the name of one object.');
  }
  const address = httpAddress('kubernetesSource: address', read.address ?? ownCluster(), 'https://10.0.0.1:6443');
  const kind = secret === undefined ? 'configmaps' : 'secrets';
  const isOutside = read.address !== undefined && read.ca === undefined;
  const client = async (): Promise<HttpClient> => {
    const ca = isOutside ? undefined : (read.ca ?? (await mounted(folder, 'ca.crt')));
    return new HttpClient({
      address,
      clock: systemClock,
      credentials: [
        { header: 'authorization', scheme: 'Bearer ', secret: read.token ?? (() => mounted(folder, 'token')) },
      ],
      tls: ca === undefined ? undefined : { ca },
    });
  };
  let api: KubernetesApi | undefined;
  const connect = async (): Promise<KubernetesApi> => {
    const namespace = given ?? (await mounted(folder, 'namespace'));
    return (api ??= kubernetesApi({ kind, namespace, name }, client));
  };
  const source = `kubernetes ${given === undefined ? '' : `${given}/`}${kind.slice(0, -1)}/${name}`;
  return cloudSource(read, {
    name: source,
    jitter,
    read: async ({ source: shown, signal, known }) => {
      const { object } = await (await connect()).list(shown, signal);
      if (object === undefined) throw nothingThere(shown, 'there is no such object');
      if (object.version === known) return 'unchanged';
      const texts = textsIn(object, kind === 'secrets');
      return {
        values: await Promise.all(texts.map(async (text) => storedText(shown, text))),
        revision: object.version,
      };
    },
    watch: async (context) => listen(await connect(), source, context),
    close: async () => api?.close(),
  });
}

async function listen(
  api: KubernetesApi,
  source: string,
  { changed, signal, clock }: RemoteWatchContext,
): Promise<void> {
  for (let short = 0; short < MOST_SHORT;) {
    const { object, version } = await api.list(source, signal);
    // What has changed between the last watch and this list.
    changed(object?.version);
    let from: string | undefined = version;
    while (from !== undefined && short < MOST_SHORT) {
      const begun = clock.monotonic();
      from = await follow(api.watch(source, from, signal), from, changed);
      short = clock.monotonic() - begun < SOUND ? short + 1 : 0;
    }
  }
}

/** Where the next watch goes on from; nowhere when that version is not kept any more. */
async function follow(
  events: ReturnType<KubernetesApi['watch']>,
  from: string,
  changed: RemoteWatchContext['changed'],
): Promise<string | undefined> {
  let version = from;
  for await (const event of events) {
    if (event.type === 'ERROR') return event.code === 410 ? undefined : version;
    version = event.version;
    if (event.type !== 'BOOKMARK') changed(Number(version));
  }
  return version;
}

function textsIn({ data, binaryData, version }: KubernetesObject, isSecret: boolean): readonly StoredText[] {
  const text = ([name, value]: [string, unknown], isEncoded: boolean): StoredText => ({
    name,
    text: isEncoded ? decoded(String(value)) : String(value),
    version: String(version),
    isSecret,
  });
  return [
    ...Object.entries(data).map((entry) => text(entry, isSecret)),
    ...Object.entries(binaryData).map((entry) => text(entry, true)),
  ];
}

/** Bytes that are no text stay in Base64, marked as `@Secure({ as: 'bytes' })` takes them. */
function decoded(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : `base64:${base64}`;
}

/** @throws HttpFailure of credentials: without them nothing can be asked. */
async function mounted(folder: string, file: string): Promise<string> {
  try {
    return (await readFile(join(folder, file), 'utf8')).trim();
  } catch {
    throw new HttpFailure('credentials', `there is no ${file} of a service account in ${folder}`);
  }
}

function ownCluster(): string {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = process.env;
  if (host === undefined || host === '') {
    throw new OptionMistake(
      'kubernetesSource: address must be given outside of a pod, where KUBERNETES_SERVICE_HOST is not set.',
    );
  }
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
