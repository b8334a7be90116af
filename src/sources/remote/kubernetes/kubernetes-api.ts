import { isConfigMap, systemClock } from '../../../core/index.js';
import { type HttpClient, type HttpRequest, lines, retryAfter } from '../../../http/index.js';
import { cloudFailure } from '../cloud/index.js';
import { messagesOf, streamSource, unreachable } from '../http-source.js';
import { jsonMap } from '../source-errors.js';

export interface KubernetesPlace {
  readonly kind: 'configmaps' | 'secrets';
  readonly namespace: string;
  readonly name: string;
}

/** An object of the API, as far as it is looked at. */
export interface KubernetesObject {
  /** Grows with each change. */
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly binaryData: Readonly<Record<string, unknown>>;
}

export interface KubernetesList {
  readonly object: KubernetesObject | undefined;
  readonly version: string;
}

export interface KubernetesEvent {
  readonly type: string;
  readonly version: string;
  /** Of an error: 410 where the version to go on from is not kept any more. */
  readonly code: number;
}

const MOST_BYTES = 64 * 1024 * 1024;
/** In seconds: the server ends a watch by then, and it is begun again. */
const WATCH = 240;

export interface KubernetesApi {
  list(source: string, signal: AbortSignal): Promise<KubernetesList>;
  /** The events since a version; ends with the stream. */
  watch(source: string, version: string, signal: AbortSignal): AsyncIterable<KubernetesEvent>;
  close(): Promise<void>;
}

export function kubernetesApi(
  { kind, namespace, name }: KubernetesPlace,
  make: () => Promise<HttpClient>,
): KubernetesApi {
  let made: Promise<HttpClient> | undefined;
  const clientFor = async (source: string): Promise<HttpClient> =>
    (made ??= make()).catch((error: unknown) => {
      made = undefined;
      throw unreachable(source, error);
    });
  const pathOf = (more: Readonly<Record<string, string>>): string => {
    const query = new URLSearchParams({ fieldSelector: `metadata.name=${name}`, ...more });
    return `/api/v1/namespaces/${namespace}/${kind}?${query.toString()}`;
  };
  const refusal = (source: string, status: number, wanted?: number): unknown => {
    const permission = `list and watch on ${kind} (resourceNames: ["${name}"]) in the namespace ${namespace}`;
    return cloudFailure({ source, error: { status }, words: {}, permission, retryAfter: wanted });
  };
  return {
    list: async (source, signal) => {
      const client = await clientFor(source);
      const limits = { bytes: MOST_BYTES };
      const { status, headers, text } = await client
        .ask({ path: pathOf({}), headers: JSON_ONLY, signal, limits })
        .catch((error: unknown) => {
          throw unreachable(source, error);
        });
      if (status !== 200) throw refusal(source, status, retryAfter(headers, systemClock.now()));
      const list = jsonMap(text);
      const items: unknown = list?.['items'];
      // A proxy's page, say.
      if (!Array.isArray(items)) throw refusal(source, status);
      return { object: objectIn(items[0]), version: versionOf(list) };
    },
    watch: async function* (source, version, signal) {
      const request: HttpRequest = {
        path: pathOf({
          watch: '1',
          resourceVersion: version,
          allowWatchBookmarks: 'true',
          timeoutSeconds: String(WATCH),
        }),
        headers: JSON_ONLY,
        signal,
        limits: { idle: (WATCH + 30) * 1_000, bytes: Number.POSITIVE_INFINITY },
      };
      const client = await clientFor(source);
      const stream = await streamSource({ name: source, client, clock: systemClock }, request);
      for await (const line of messagesOf(source, stream, (body) => lines(body, MOST_BYTES))) {
        const event = jsonMap(line);
        const object = event?.['object'];
        if (!isConfigMap(object)) continue;
        yield { type: String(event?.['type']), version: versionOf(object), code: Number(object['code'] ?? 0) };
      }
    },
    close: async () => {
      (await made?.catch(() => undefined))?.close();
    },
  };
}

const JSON_ONLY = { accept: 'application/json' };

function objectIn(item: unknown): KubernetesObject | undefined {
  if (!isConfigMap(item)) return undefined;
  const { data, binaryData } = item;
  return {
    version: Number(versionOf(item)),
    data: isConfigMap(data) ? data : {},
    binaryData: isConfigMap(binaryData) ? binaryData : {},
  };
}

function versionOf(object: unknown): string {
  const metadata = isConfigMap(object) ? object['metadata'] : undefined;
  return isConfigMap(metadata) ? String(metadata['resourceVersion']) : '';
}
