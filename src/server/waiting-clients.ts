import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/index.js';
import type { TargetPlace } from './request-target.js';

/** Somebody who waits for other settings than the ones with a tag. */
export interface WaitingClient {
  readonly place: TargetPlace;
  readonly response: ServerResponse;
  /** The tag of the settings it would get now; nothing where there is nothing to tell. */
  readonly now: () => string | undefined;
  /** Called with another tag than the one before; it waits on where that answers true. */
  readonly tell: (tag: string) => boolean;
}

/** A proxy ends a connection that is silent for a minute. */
const SIGN_OF_LIFE = 15_000;
/** A client that does not read what it is told has gone. */
const MOST_UNREAD = 64 * 1024;

interface Place {
  tag: string;
  readonly isStream: boolean;
}

/** Those who wait for a change: streams of events, and requests that are answered when there is one. */
export class WaitingClients {
  readonly #clients = new Map<WaitingClient, Place>();
  readonly #clock: Clock;
  #cancelSign: (() => void) | undefined;

  public constructor(clock: Clock) {
    this.#clock = clock;
  }

  public get count(): number {
    return this.#clients.size;
  }

  /** Keeps a client until its connection ends, or what `tell` answers ends the wait. */
  public add(client: WaitingClient, tag: string, isStream: boolean): () => void {
    this.#clients.set(client, { tag, isStream });
    const leave = (): void => {
      this.#clients.delete(client);
      if (this.#clients.size === 0) this.#stop();
    };
    client.response.once('close', leave);
    this.#cancelSign ??= this.#clock.after(SIGN_OF_LIFE, this.#giveSign);
    return leave;
  }

  /** The settings of an application may be others; those of all when it has no name. */
  public moved(application: string | undefined): void {
    for (const [client, place] of this.#clients) {
      if (application !== undefined && client.place.application !== application) continue;
      const tag = client.now();
      if (tag === undefined || tag === place.tag) continue;
      place.tag = tag;
      if (client.response.writableLength > MOST_UNREAD) client.response.destroy();
      else if (!client.tell(tag)) this.#clients.delete(client);
    }
  }

  public close(): void {
    for (const [{ response }, { isStream }] of this.#clients) {
      // An answer without settings would be taken for settings.
      if (!isStream) response.writeHead(503, { 'retry-after': '5' });
      response.end();
    }
    this.#clients.clear();
    this.#stop();
  }

  readonly #giveSign = (): void => {
    this.#cancelSign = this.#clock.after(SIGN_OF_LIFE, this.#giveSign);
    for (const [{ response }, { isStream }] of this.#clients) {
      if (!isStream) continue;
      if (response.writableLength > MOST_UNREAD) response.destroy();
      else response.write(':\n\n');
    }
  };

  #stop(): void {
    this.#cancelSign?.();
    this.#cancelSign = undefined;
  }
}
