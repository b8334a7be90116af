import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it came. */
export interface ServiceRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What is answered. */
export interface ServiceAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** How a service misbehaves: it answers as given, or ends the connection, or never says anything. */
export type Misbehaviour = ServiceAnswer | 'hang-up' | 'silence';

/** A service on a port of this machine. */
export interface HttpService {
  readonly port: number;
  readonly requests: readonly ServiceRequest[];
  /** From now on, until it is told to stop. */
  misbehave(how: Misbehaviour | undefined): void;
  close(): Promise<void>;
}

/** Serves what `answer` says, as JSON. */
export async function httpService(answer: (request: ServiceRequest) => ServiceAnswer): Promise<HttpService> {
  const requests: ServiceRequest[] = [];
  let misbehaviour: Misbehaviour | undefined;
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url: path = '', headers } = incoming;
      const request = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
      requests.push(request);
      if (misbehaviour === 'hang-up') incoming.socket.destroy();
      else if (misbehaviour !== 'silence') send(response, misbehaviour ?? answer(request));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Of a TCP server, which listens.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    requests,
    misbehave: (how) => void (misbehaviour = how),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: ServiceAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
