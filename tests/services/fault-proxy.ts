import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

type Fault = 'none' | 'stall' | 'half-open' | 'refuse';

/** Stands between a client and a server, and does what networks do: delays, stalls, resets, slices and refuses. */
export class FaultProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #fault: Fault = 'none';
  #delay = 0;
  #slice = Infinity;
  #resetAfter = Infinity;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
  }

  public static async to(target: number): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server, target);
    server.on('connection', (client) => {
      proxy.#join(client);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  public get port(): number {
    // Listens on a port, not on a path.
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many connections pass through it. */
  public get connections(): number {
    return this.#pairs.size;
  }

  /** What is sent arrives so many milliseconds later. */
  public delay(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  /** What is sent arrives in pieces of so many bytes. */
  public slice(bytes: number): void {
    this.#slice = bytes;
  }

  /** Nothing arrives any more, and nobody is told. */
  public stall(): void {
    this.#fault = 'stall';
  }

  /** The server is gone, and no client is told: neither those that are connected nor those that connect. */
  public halfOpen(): void {
    this.#fault = 'half-open';
    for (const [, server] of this.#pairs) server.destroy();
  }

  /** Each new connection is reset when so many bytes have come from the server. */
  public resetAfter(bytes: number): void {
    this.#resetAfter = bytes;
  }

  /** Connections are ended as soon as they are made. */
  public refuse(): void {
    this.#fault = 'refuse';
  }

  /** Ends all connections at once, without a word. */
  public reset(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  public mend(): void {
    this.#fault = 'none';
    this.#delay = 0;
    this.#slice = Infinity;
    this.#resetAfter = Infinity;
  }

  public async close(): Promise<void> {
    this.reset();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #join(client: Socket): void {
    if (this.#fault === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.#target, '127.0.0.1');
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    if (this.#fault === 'half-open') server.destroy();
    let left = this.#resetAfter;
    server.on('data', ({ length }) => {
      left -= length;
      if (left < 0) for (const socket of pair) socket.resetAndDestroy();
    });
    for (const [from, to] of [pair, [server, client] as const]) {
      // In order, whatever the delays.
      let before = Promise.resolve();
      from.on('data', (data: Buffer) => {
        before = before.then(async () => this.#pass(data, to));
      });
      from.on('end', () => {
        before = before.then(() => {
          to.end();
        });
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        const isSilent = this.#fault === 'stall' || this.#fault === 'half-open';
        if (isSilent && from === server) return;
        this.#pairs.delete(pair);
        if (!isSilent) void before.then(() => to.destroy());
      });
    }
  }

  async #pass(data: Buffer, to: Socket): Promise<void> {
    if (this.#fault === 'stall' || this.#fault === 'half-open') return;
    if (this.#delay > 0) await setTimeout(this.#delay);
    for (let at = 0; at < data.length; at += this.#slice) {
      if (!to.destroyed) to.write(data.subarray(at, Math.min(data.length, at + this.#slice)));
      if (this.#slice < Infinity) await setTimeout(0);
    }
  }
}
