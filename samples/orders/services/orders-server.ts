import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { injectable } from 'inversify';
import { ConfigStore, formatOrigin, OnConfigChange, ReloadService } from 'uno-config';
import { inspector, type Inspector } from 'uno-config/inspector';
import { configHealth } from 'uno-config/observability';
import { header, TenantContainers, TenantRequestError, tenantRequests } from 'uno-config/tenants';
import { HttpSettings } from '../settings/http-settings.js';
import { OrderDesk, OrderRefusedError } from './order-desk.js';
import { OrderLog } from './order-log.js';
import { OrderStore } from './order-store.js';
import { PaymentClient } from './payment-client.js';
import { NoQuoteError, PriceCalculator, type Quote } from './price-calculator.js';
import { Shipping } from './shipping.js';

type Answer = readonly [status: number, body: unknown];

/**
 * The service's HTTP side: `/health`, `/settings` and `/inspector`, and for each tenant `/orders`, and what is below it. It lives as
 * long as the program, so it follows changes of its settings by itself; where it listens stays as it is until the next
 * start.
 */
@injectable()
export class OrdersServer {
  #http: HttpSettings;
  readonly #store: ConfigStore;
  readonly #prices: PriceCalculator;
  readonly #payments: PaymentClient;
  readonly #orders: OrderStore;
  readonly #desk: OrderDesk;
  readonly #log: OrderLog;
  readonly #shipping: Shipping;
  readonly #reloads: ReloadService;
  readonly #tenants: TenantContainers;
  readonly #inspect: Inspector;
  readonly #server: Server;
  /** Lets its holder look at `/inspector`, from this machine. */
  public readonly inspectorToken = process.env['INSPECTOR_TOKEN'] ?? randomUUID();

  public constructor(
    http: HttpSettings,
    store: ConfigStore,
    prices: PriceCalculator,
    payments: PaymentClient,
    orders: OrderStore,
    desk: OrderDesk,
    log: OrderLog,
    shipping: Shipping,
    reloads: ReloadService,
    tenants: TenantContainers,
  ) {
    this.#reloads = reloads;
    this.#http = http;
    this.#store = store;
    this.#prices = prices;
    this.#payments = payments;
    this.#orders = orders;
    this.#desk = desk;
    this.#log = log;
    this.#shipping = shipping;
    this.#tenants = tenants;
    // A gateway in front checks who asks, and says it in this header: else anybody could write it.
    const enter = tenantRequests(tenants, header('x-tenant', { trusted: true }), {
      without: ({ url }) => !/^\/orders\b/.test(url ?? ''),
    });
    this.#inspect = inspector({ reloads, tenants, token: () => this.inspectorToken });
    this.#server = createServer((request, response) => {
      if (this.#inspect(request, response)) return;
      // What comes next runs for the tenant: monitors and secrets are those of its settings.
      enter(request, response, (error) => {
        void this.#respond(request, response, error);
      });
    });
    this.#server.requestTimeout = http.requestTimeout.milliseconds;
    // Longer than a gateway keeps an idle connection: else it may send on one that is just being closed.
    this.#server.keepAliveTimeout = 75_000;
  }

  /** Listens, and gives the address. */
  public async listen(): Promise<string> {
    const { host, port } = this.#http;
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    const used = typeof address === 'object' && address !== null ? address.port : port;
    return `http://${host}:${String(used)}`;
  }

  /** Called after every reload that changed these settings. */
  @OnConfigChange(HttpSettings)
  public follow(current: HttpSettings): void {
    this.#http = current;
    this.#server.requestTimeout = current.requestTimeout.milliseconds;
  }

  /** Stops listening; requests under way are answered first. */
  public async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#inspect.close();
    this.#server.closeIdleConnections();
    await closed;
  }

  async #respond(request: IncomingMessage, response: ServerResponse, error: Error | undefined): Promise<void> {
    const [status, body] =
      error === undefined
        ? await this.#answer(request.method, new URL(request.url ?? '/', 'http://localhost')).catch(refusal)
        : refusal(error);
    const origin = request.headers.origin;
    if (origin !== undefined && this.#http.allowedOrigins.includes(origin)) {
      response.setHeader('access-control-allow-origin', origin);
    }
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(body, undefined, 2)}\n`);
  }

  async #answer(method: string | undefined, { pathname, searchParams }: URL): Promise<Answer> {
    switch (pathname) {
      case '/orders':
        return method === 'POST'
          ? this.#quote(searchParams, async (quote) => this.#desk.place(quote), 201)
          : [200, await this.#orders.newest()];
      case '/health':
        return [200, this.#health()];
      case '/settings':
        return [200, this.#settings()];
      case '/orders/totals':
        return [200, await this.#log.totals(this.#tenants.current().id)];
      case '/orders/parcels':
        return [200, { packed: this.#shipping.packedFor(this.#tenants.current().id) }];
      case '/orders/quote':
        return this.#quote(searchParams, (quote) => quote);
      case '/orders/payment':
        return this.#quote(searchParams, ({ total, currency }) => this.#payments.request(total, currency));
      default:
        return [
          404,
          {
            error:
              'ask for /health, /settings, /orders, /orders/totals, /orders/parcels, or /orders/quote or /orders/payment?product=tea&quantity=12&country=DE',
          },
        ];
    }
  }

  /** Degraded is up, too: the settings in use are good ones. The problems are for operators, each with its fix. */
  #health(): unknown {
    const { status, problems, generation } = configHealth(this.#reloads);
    return { status, problems, generation: generation?.number, orders: this.#orders.place };
  }

  /** What is in use and where it came from; `describe()` has masked what looks like a secret. */
  #settings(): unknown {
    return this.#store.describe().map(({ path, value, type, origin }) => ({
      path,
      value,
      type,
      from: origin && formatOrigin(origin),
    }));
  }

  async #quote(query: URLSearchParams, answer: (quote: Quote) => unknown, status = 200): Promise<Answer> {
    const product = query.get('product') ?? '';
    const quantity = Number(query.get('quantity') ?? 1);
    const country = query.get('country') ?? '';
    try {
      return [status, await answer(this.#prices.quote(product, quantity, country))];
    } catch (error) {
      if (error instanceof NoQuoteError) return [400, { error: error.message }];
      if (error instanceof OrderRefusedError) return [409, { error: error.message }];
      throw error;
    }
  }
}

/** A `TenantRequestError` has words for clients; any other one is ours to know. */
function refusal(error: unknown): Answer {
  return error instanceof TenantRequestError
    ? [error.status, { error: error.message }]
    : [500, { error: 'The request failed.' }];
}
