import { connect, type Socket } from 'node:net';
import type { MariadbPoolOptions } from './mysql-types.js';

/** The sockets of a pool of `mariadb`: it would wait for those of a silent server without limit, and hands none out. */
export class MariadbSockets {
  readonly #place: Pick<MariadbPoolOptions, 'host' | 'port'>;
  readonly #open = new Set<Socket>();

  public constructor(place: Pick<MariadbPoolOptions, 'host' | 'port'>) {
    this.#place = place;
  }

  /** Opens one for the driver. A socket of this machine it opens by itself: none of those falls silent. */
  public readonly stream = (opened: (error?: Error, socket?: Socket) => void): void => {
    const { host, port } = this.#place;
    const socket = connect({ host, port, noDelay: true });
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    opened(undefined, socket);
  };

  /** Ends all at once; whoever waits for an answer gets an error. */
  public breakOff(): void {
    for (const socket of this.#open) {
      socket.destroy(Object.assign(new Error('The server is silent.'), { code: 'ETIMEDOUT' }));
    }
  }
}
