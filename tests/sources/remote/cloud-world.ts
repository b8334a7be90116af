import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConfigSource } from '../../../src/core/index.js';
import type { ContractSubject, ContractValues } from '../../../src/testing/index.js';

/** One state of what a fake of a cloud holds. */
export interface CloudState {
  /** The settings; absent when they are gone. */
  readonly document: Readonly<Record<string, unknown>> | undefined;
  /** Grows with each change. */
  readonly version: number;
}

/** One request as it came. */
export interface CloudRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What is answered: a body that is no string is sent as JSON. */
export interface CloudReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** How a cloud answers, and the source that reads it. */
export interface CloudKind {
  readonly reply: (request: CloudRequest, state: CloudState, cloud: Cloud) => CloudReply | Promise<CloudReply>;
  /** Takes a request that is answered over time, such as a watch. */
  readonly stream?: (request: CloudRequest, response: ServerResponse, cloud: Cloud) => boolean;
  readonly source: (port: number) => ConfigSource;
}

type Fault = 'hang' | 'cut' | 'garble' | 'lag';

/** A fake of a cloud on a port of this machine, which holds one document. */
export class Cloud {
  public readonly requests: CloudRequest[] = [];
  public port = 0;
  public fault: Fault | undefined;
  /** Replies of the kind go through it, to add what a single test needs. */
  public override: ((request: CloudRequest) => CloudReply | undefined) | undefined;
  /** What becomes of notices, for a kind that has any. */
  public notices: 'arrive' | 'lose' | 'double' | 'reorder' = 'arrive';
  readonly #kind: CloudKind;
  readonly #server: Server;
  readonly #listeners = new Set<(state: CloudState) => void>();
  readonly #events = new EventEmitter();
  readonly #hanging = new Set<ServerResponse>();
  readonly #held: CloudState[] = [];
  #states: CloudState[];

  private constructor(kind: CloudKind, document: CloudState['document']) {
    this.#kind = kind;
    this.#states = [{ document, version: 1 }];
    this.#server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      response.on('close', () => {
        if (!response.writableEnded) this.#events.emit('ended');
      });
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { method = '', url = '/', headers } = incoming;
        const { pathname, searchParams: query } = new URL(url, 'http://cloud');
        void this.#answer(
          { method, path: pathname, query, headers, body: Buffer.concat(chunks).toString('utf8') },
          response,
        );
      });
    });
  }

  public static async open(kind: CloudKind, document?: CloudState['document']): Promise<Cloud> {
    const cloud = new Cloud(kind, document);
    cloud.#server.listen(0, '127.0.0.1');
    await once(cloud.#server, 'listening');
    // Of a TCP server, which listens.
    cloud.port = (cloud.#server.address() as AddressInfo).port;
    return cloud;
  }

  public get state(): CloudState {
    const [state] = this.#states.slice(-1);
    if (state === undefined) throw new Error('A cloud begins with a state.');
    return state;
  }

  public set(document: CloudState['document']): void {
    const state = { document, version: this.state.version + 1 };
    this.#states = [...this.#states, state].slice(-2);
    if (this.notices === 'reorder') this.#held.push(state);
    else if (this.notices !== 'lose') this.#notify(state);
    if (this.notices === 'double') this.#notify(state);
  }

  /** Calls for each change, until what it answers is called. */
  public listen(listener: (state: CloudState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  public heal(): void {
    this.fault = undefined;
    this.notices = 'arrive';
    for (const response of this.#hanging) response.destroy();
    this.#hanging.clear();
    for (const state of this.#held.splice(0).toReversed()) this.#notify(state);
  }

  /** Ends all connections, as a restart of the server does. */
  public reset(): void {
    this.#server.closeAllConnections();
  }

  /** Resolves when a client has given up a request. */
  public async ended(): Promise<void> {
    await once(this.#events, 'ended');
  }

  public async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #notify(state: CloudState): void {
    for (const listener of [...this.#listeners]) listener(state);
  }

  async #answer(request: CloudRequest, response: ServerResponse): Promise<void> {
    this.requests.push(request);
    if (this.fault === 'hang') {
      this.#hanging.add(response);
      return;
    }
    const special = this.override?.(request);
    if (special === undefined && this.#kind.stream?.(request, response, this) === true) return;
    const [before = this.state] = this.#states;
    const state = this.fault === 'lag' ? before : this.state;
    const { status = 200, headers = {}, body } = special ?? (await this.#kind.reply(request, state, this));
    const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
    if (this.fault === 'garble') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Sign in to the proxy</body></html>');
    } else if (this.fault === 'cut') {
      response.writeHead(status, { 'content-length': String(Buffer.byteLength(text) + 9), ...headers });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
    } else {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
    }
  }
}

/** The contract of sources, over a fake of a cloud. */
export function cloudContract(
  kind: CloudKind,
  more: Partial<ContractSubject<Cloud>> = {},
  notices: Partial<typeof noticeFaults> = {},
): ContractSubject<Cloud> {
  const treat = (fault: Fault) => (cloud: Cloud) => {
    cloud.fault = fault;
  };
  return {
    open: async (contract) => Cloud.open(kind, { contract }),
    source: ({ port }) => kind.source(port),
    set: (cloud, contract: ContractValues) => {
      cloud.set({ contract });
    },
    empty: (cloud) => {
      cloud.set({});
    },
    remove: (cloud) => {
      cloud.set(undefined);
    },
    poison: (cloud) => {
      // An object, as it is written.
      cloud.set(JSON.parse('{"contract":{"first":"a1","__proto__":{"polluted":"1"}}}') as CloudState['document']);
    },
    network: {
      heal: (cloud) => {
        cloud.heal();
      },
      hang: treat('hang'),
      cut: treat('cut'),
      garble: treat('garble'),
      lag: treat('lag'),
      ...notices,
    },
    close: async (cloud) => cloud.close(),
    ...more,
  };
}

/** The cases of the contract that a store cannot keep whose revisions have no order. */
export const NEEDS_ORDER: readonly string[] = [
  'never goes back to an older state',
  'waits for the state that it was notified of',
];

const noticesThat = (notices: Cloud['notices']) => (cloud: Cloud) => {
  cloud.notices = notices;
};

/** The faults of notices, for a cloud that has any. */
export const noticeFaults = {
  lose: noticesThat('lose'),
  double: noticesThat('double'),
  reorder: noticesThat('reorder'),
} as const;
