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

export class KubernetesApi {
  readonly #client: () => Promise<HttpClient>;
  readonly #place: KubernetesPlace;
  #made: Promise<HttpClient> | undefined;

  public constructor(place: KubernetesPlace, client: () => Promise<HttpClient>) {
    this.#place = place;
    this.#client = client;
  }

  public async list(source: string, signal: AbortSignal): Promise<KubernetesList> {
    const client = await this.#get(source);
    const limits = { bytes: MOST_BYTES };
    const { status, headers, text } = await client
      .ask({ path: this.#path({}), headers: JSON_ONLY, signal, limits })
      .catch((error: unknown) => {
        throw unreachable(source, error);
      });
    if (status !== 200) throw this.#refusal(source, status, retryAfter(headers, systemClock.now()));
    const list = jsonMap(text);
    const items: unknown = list?.['items'];
    // A proxy's page, say.
    if (!Array.isArray(items)) throw this.#refusal(source, status);
    return { object: objectIn(items[0]), version: versionOf(list) };
  }

  /** The events since a version; ends with the stream. */
  public async *watch(source: string, version: string, signal: AbortSignal): AsyncGenerator<KubernetesEvent, void> {
    const request: HttpRequest = {
      path: this.#path({
        watch: '1',
        resourceVersion: version,
        allowWatchBookmarks: 'true',
        timeoutSeconds: String(WATCH),
      }),
      headers: JSON_ONLY,
      signal,
      limits: { idle: (WATCH + 30) * 1_000, bytes: Number.POSITIVE_INFINITY },
    };
    const client = await this.#get(source);
    const stream = await streamSource({ name: source, client, clock: systemClock }, request);
    for await (const line of messagesOf(source, stream, (body) => lines(body, MOST_BYTES))) {
      const event = jsonMap(line);
      const object = event?.['object'];
      if (!isConfigMap(object)) continue;
      yield { type: String(event?.['type']), version: versionOf(object), code: Number(object['code'] ?? 0) };
    }
  }

  public async close(): Promise<void> {
    const made = await this.#made?.catch(() => undefined);
    made?.close();
  }

  async #get(source: string): Promise<HttpClient> {
    this.#made ??= this.#client();
    return this.#made.catch((error: unknown) => {
      this.#made = undefined;
      throw unreachable(source, error);
    });
  }

  #path(more: Readonly<Record<string, string>>): string {
    const { kind, namespace, name } = this.#place;
    const query = new URLSearchParams({ fieldSelector: `metadata.name=${name}`, ...more });
    return `/api/v1/namespaces/${namespace}/${kind}?${query.toString()}`;
  }

  #refusal(source: string, status: number, wanted?: number): unknown {
    const { kind, namespace, name } = this.#place;
    const permission = `list and watch on ${kind} (resourceNames: ["${name}"]) in the namespace ${namespace}`;
    return cloudFailure({ source, error: { status }, words: {}, permission, retryAfter: wanted });
  }
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
