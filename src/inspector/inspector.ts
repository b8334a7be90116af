import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConfigError, type ConfigErrorCode, guardLogger, isConfigMap, mustBe, readOptions } from '../core/index.js';
import type { UnsavedEdit } from '../runtime/index.js';
import { runAs } from '../security/index.js';
import { admitRequest } from './admission.js';
import { HEADERS, readJson, sendJson, sendText } from './answer.js';
import { EventStreams } from './event-streams.js';
import { type InspectorOptions, OPTIONS } from './inspector-options.js';
import { Busy, OneByOne } from './one-by-one.js';
import { pageFiles, pageHtml } from './page-files.js';
import { ReadModel } from './read-model.js';
import { Viewers } from './viewers.js';

/** A request of Node, Express or Fastify. */
export type InspectorRequest = IncomingMessage | { readonly raw: IncomingMessage };
/** A response of Node, Express or Fastify. */
export type InspectorResponse = ServerResponse | { readonly raw: ServerResponse; hijack(): unknown };

/**
 * Answers the requests below its path. Made by {@link inspector}. Subpath: `uno-config/inspector`.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 *
 * const inspect = inspector({ reloads: container.get(ReloadService), token: () => process.env['INSPECTOR_TOKEN'] ?? '' });
 * createServer((request, response) => inspect(request, response) || response.end('Hello')).listen(3000);
 * ```
 */
export interface Inspector {
  /** True for a request that it answers; the others are for `next`, or for the caller where there is none. */
  (request: InspectorRequest, response: InspectorResponse, next?: (error?: Error) => void): boolean;
  /** Ends the streams that viewers follow, which would keep a server from closing. */
  close(): void;
}

/**
 * A read-only page that shows the state of the configuration, and its HTTP interface: one handler for `node:http`, Express
 * (`app.use(inspector({ … }))`) and Fastify (`app.addHook('onRequest', inspector({ … }))`). It listens to nothing before
 * somebody looks. Subpath: `uno-config/inspector`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const inspect = inspector({
 *   reloads: container.get(ReloadService),
 *   token: () => process.env['INSPECTOR_TOKEN'] ?? '',
 *   tenants,
 * });
 * ```
 */
export function inspector(options: InspectorOptions): Inspector {
  const { principal, path, hosts, preview, streams, logger, clock } = readOptions<InspectorOptions, typeof OPTIONS>(
    'inspector',
    options,
    OPTIONS,
  );
  const { reloads, token, authenticate, flags = [], tenants, audit } = options;
  if ((token === undefined) === (authenticate === undefined)) {
    throw mustBe('inspector: token', 'given, or authenticate, and not both', token === undefined ? 'neither' : 'both');
  }
  const base = path.replace(/\/+$/, '');
  if (!/^(\/[\w.~-]+)+$/.test(base)) throw mustBe('inspector: path', 'a path such as /inspector', 'none');
  // A list has no `list` of its own.
  const listed = 'list' in flags ? [flags] : flags;
  const model = new ReadModel({ reloads, flags: listed, tenants, audit, canPreview: preview });
  const viewers = new Viewers({ token, authenticate, principal, clock, logger: guardLogger(logger) });
  void viewers.check();
  const service = new InspectorService(
    model,
    new EventStreams(reloads, streams, () => {
      model.forget();
    }),
    {
      base,
      hosts,
      viewers,
      canPreview: preview,
    },
  );
  const handle = (given: InspectorRequest, answer: InspectorResponse, next?: (error?: Error) => void): boolean => {
    const request = 'raw' in given ? given.raw : given;
    // Express changes the address for what is mounted below a path.
    const url = String(Reflect.get(request, 'originalUrl') ?? request.url ?? '/');
    const [pathname = ''] = url.split(/[?#]/, 1);
    if (pathname !== base && !pathname.startsWith(`${base}/`)) {
      next?.();
      return false;
    }
    if ('hijack' in answer) answer.hijack();
    service.answer(request, 'raw' in answer ? answer.raw : answer, url).catch(() => {
      // The client has gone, or an answer was begun that cannot be finished.
      ('raw' in answer ? answer.raw : answer).destroy();
    });
    return true;
  };
  return Object.assign(handle, {
    close: () => {
      service.close();
    },
  });
}

interface ServiceTerms {
  readonly base: string;
  readonly hosts: readonly string[] | undefined;
  readonly viewers: Viewers;
  readonly canPreview: boolean;
}

class InspectorService {
  readonly #model: ReadModel;
  readonly #streams: EventStreams;
  readonly #terms: ServiceTerms;
  /** What builds settings for a viewer: all that an edit reaches, or those of a tenant. */
  readonly #builds = new OneByOne(MOST_BUILDS);

  public constructor(model: ReadModel, streams: EventStreams, terms: ServiceTerms) {
    this.#model = model;
    this.#streams = streams;
    this.#terms = terms;
  }

  public close(): void {
    this.#streams.close();
    this.#terms.viewers.close();
  }

  public async answer(request: IncomingMessage, response: ServerResponse, address: string): Promise<void> {
    const { base, hosts, viewers } = this.#terms;
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const { pathname, searchParams } = new URL(address, 'http://inspector');
    const isPage = !pathname.startsWith(`${base}/api/`);
    const refusal = admitRequest(request, hosts, isPage);
    if (refusal !== undefined) return decline(request, response, refusal.status, refusal.message);
    if (isPage) return this.#sendPage(request, response, pathname.slice(base.length));
    const viewer = await viewers.of(request);
    if ('status' in viewer) {
      for (const [name, value] of Object.entries(viewer.headers)) response.setHeader(name, value);
      return decline(request, response, viewer.status, viewer.message);
    }
    return this.#sendData(request, response, pathname.slice(`${base}/api/`.length), searchParams, viewer.name);
  }

  async #sendPage(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    const { script, style } = await pageFiles();
    const files: Readonly<Record<string, readonly [string, string]>> = {
      '': ['text/html', pageHtml(this.#terms.base)],
      '/': ['text/html', pageHtml(this.#terms.base)],
      '/page.js': ['text/javascript', script],
      '/page.css': ['text/css', style],
    };
    const [type, text] = (Object.hasOwn(files, name) ? files[name] : undefined) ?? [];
    if (type === undefined || text === undefined) return decline(request, response, 404, NOT_FOUND);
    return sendText(request, response, { status: 200, type, text });
  }

  async #sendData(
    request: IncomingMessage,
    response: ServerResponse,
    name: string,
    query: URLSearchParams,
    viewer: string,
  ): Promise<void> {
    if (name === 'events') {
      if (request.method !== 'GET') return decline(request, response, 405, 'The inspector only reads.');
      if (this.#streams.add(request, response)) return;
      response.setHeader('retry-after', '30');
      return decline(request, response, 503, 'As many viewers follow as may; raise streams.');
    }
    const isPost = name === 'preview' || name === 'flag';
    if (isPost !== (request.method === 'POST')) {
      return decline(request, response, 405, 'The inspector only reads.');
    }
    try {
      const asked = isPost ? await this.#posted(request, name) : await this.#asked(name, query);
      // Of whoever looks: the access policy decides what is in it.
      const data = asked && runAs(viewer, asked);
      if (data === undefined) await decline(request, response, 404, NOT_FOUND);
      else await sendJson(request, response, 200, data);
    } catch (error) {
      if (error instanceof Busy) {
        response.setHeader('retry-after', '1');
        await decline(request, response, 503, 'The inspector is busy with other requests.');
      } else if (ConfigError.is(error)) await decline(request, response, 422, firstLineOf(error), error.code);
      // What others throw may hold anything.
      else await decline(request, response, 500, 'The inspector failed to answer.');
    }
  }

  /** What gives the answer, once it is asked for the viewer. */
  async #asked(name: string, query: URLSearchParams): Promise<(() => object | undefined) | undefined> {
    const text = (key: string): string | undefined => query.get(key) ?? undefined;
    const model = this.#model;
    switch (name) {
      case 'overview':
        return () => model.overview();
      case 'settings':
        return () => model.settings(wholeIn(text('since')), this.#streams.isFollowed);
      case 'explain': {
        const [path, tenant] = [text('path') ?? '', text('tenant')];
        if (tenant === undefined) return () => model.explain(path, text('scope'));
        return this.#builds.run(async () => model.explainFor(tenant, path));
      }
      case 'diff':
        return () => model.diff(Number(text('before')), Number(text('after')));
      case 'flags':
        return () => model.flags();
      case 'tenants':
        return () => model.tenants();
      case 'audit':
        return model.audit(AUDIT_EVENTS);
      default:
        return undefined;
    }
  }

  async #posted(request: IncomingMessage, name: string): Promise<(() => object | undefined) | undefined> {
    const body = await readJson(request);
    if (!isConfigMap(body)) return undefined;
    if (name === 'flag') {
      const { flags, key, context } = body;
      if (typeof flags !== 'string' || typeof key !== 'string' || !isConfigMap(context)) return undefined;
      return () => this.#model.explainFlag(flags, key, context);
    }
    const edits = editsIn(body['edits']);
    const layer = body['layer'];
    if (!this.#terms.canPreview || edits === undefined) return undefined;
    return this.#builds.run(async () => this.#model.preview(edits, typeof layer === 'string' ? layer : undefined));
  }
}

const NOT_FOUND = 'There is nothing here.';
/** How many of the last events of the audit log are shown. */
const AUDIT_EVENTS = 200;
const MOST_EDITS = 50;
/** How many builds may be under way and wait, each of which takes some tenths of a second. */
const MOST_BUILDS = 8;

function wholeIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function editsIn(given: unknown): readonly UnsavedEdit[] | undefined {
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST_EDITS) return undefined;
  const edits = given.flatMap((edit: unknown): readonly UnsavedEdit[] => {
    if (!isConfigMap(edit) || typeof edit['path'] !== 'string') return [];
    return [{ path: edit['path'], ...(Object.hasOwn(edit, 'value') && { value: edit['value'] }) }];
  });
  return edits.length === given.length ? edits : undefined;
}

function firstLineOf({ message }: ConfigError): string {
  return message.split('\n', 1)[0] ?? '';
}

/** @param code of a `ConfigError`; the inspector's own answers are told by their status */
async function decline(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  message: string,
  code?: ConfigErrorCode,
): Promise<void> {
  await sendJson(request, response, status, { error: { ...(code !== undefined && { code }), message } });
}
