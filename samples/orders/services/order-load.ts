import { injectable } from 'inversify';
import { ConfigEvents } from 'uno-config';

const CUSTOMERS = 20;
const TENANTS = ['acme', 'bistro', 'corner-shop'];

/** Orders tea for each tenant without a pause, and counts, so that one sees what an edit does to requests: nothing. */
@injectable()
export class OrderLoad {
  readonly #events: ConfigEvents;
  #answered = 0;
  #failed = 0;
  #isOver = false;

  public constructor(events: ConfigEvents) {
    this.#events = events;
  }

  /** Begins, and gives what ends it and writes the last count. */
  public start(address: string, write: (text: string) => void): () => Promise<void> {
    this.#events.on('ConfigChanged', () => {
      write(this.#count());
    });
    const customers = Array.from({ length: CUSTOMERS }, async (_, index) => {
      while (!this.#isOver) await this.#order(address, TENANTS[index % TENANTS.length] ?? '');
    });
    return async () => {
      this.#isOver = true;
      // Ctrl-C ends an embedded server as well, under the last of them.
      write(this.#count());
      await Promise.all(customers);
    };
  }

  async #order(address: string, tenant: string): Promise<void> {
    try {
      const order = { method: 'POST', headers: { 'x-tenant': tenant } };
      const response = await fetch(`${address}/orders?product=tea&country=DE`, order);
      await response.arrayBuffer();
      if (response.status === 201) this.#answered++;
      else this.#failed++;
    } catch {
      this.#failed++;
    }
  }

  #count(): string {
    return `\n${String(this.#answered)} orders answered, ${String(this.#failed)} failed\n`;
  }
}
