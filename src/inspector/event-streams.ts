import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ReloadService, StreamedEvent } from '../runtime/index.js';

/** Proxies close what is silent. */
const HEARTBEAT = 15_000;
/** A reader that has left so much unread is gone, or too slow. */
const MOST_UNREAD = 64 * 1024;

/**
 * Tells viewers that something has happened, and nothing of what: they ask for that, each as what the policy shows them.
 * While nobody looks it listens to nothing and has no timer.
 */
export class EventStreams {
  readonly #reloads: ReloadService;
  readonly #limit: number;
  readonly #idle: () => void;
  readonly #viewers = new Set<ServerResponse>();
  #listening: AbortController | undefined;
  #heartbeat: NodeJS.Timeout | undefined;

  /** @param idle called when the last viewer has left */
  public constructor(reloads: ReloadService, limit: number, idle: () => void) {
    this.#reloads = reloads;
    this.#limit = limit;
    this.#idle = idle;
  }

  /** Whether anybody follows. */
  public get isFollowed(): boolean {
    return this.#viewers.size > 0;
  }

  /** False when there are as many viewers as there may be. */
  public add(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#viewers.size >= this.#limit) return false;
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    // Answers are read as they come, not when a buffer is full.
    response.write(eventText('hello', { generation: this.#reloads.current.number }));
    this.#viewers.add(response);
    const leave = (): void => {
      this.#remove(response);
    };
    response.once('close', leave).once('error', leave);
    request.once('error', leave);
    if (this.#listening === undefined) this.#listen();
    return true;
  }

  public close(): void {
    for (const viewer of [...this.#viewers]) {
      this.#remove(viewer);
      viewer.end();
    }
  }

  #listen(): void {
    const listening = new AbortController();
    this.#listening = listening;
    this.#heartbeat = setInterval(() => {
      this.#send(': still here\n\n');
    }, HEARTBEAT);
    this.#heartbeat.unref();
    void this.#follow(listening);
  }

  async #follow(listening: AbortController): Promise<void> {
    for await (const event of this.#reloads.events.stream({ signal: listening.signal })) {
      this.#send(eventText('change', newsOf(event)));
    }
    // The settings have been closed.
    if (this.#listening === listening) this.close();
  }

  #send(text: string): void {
    for (const viewer of [...this.#viewers]) {
      if (viewer.writableLength > MOST_UNREAD) {
        this.#remove(viewer);
        viewer.destroy();
      } else viewer.write(text);
    }
  }

  #remove(viewer: ServerResponse): void {
    if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#listening?.abort();
    this.#listening = this.#heartbeat = undefined;
    this.#idle();
  }
}

function newsOf(event: StreamedEvent): object {
  return event.type === 'EventsDropped' ? { type: event.type } : { type: event.type, generation: event.generation };
}

function eventText(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
