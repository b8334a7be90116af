import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { Container } from 'inversify';
import { ConfigModule, ConfigPlugin, type ConfigModuleOptions } from '../../src/container/index.js';
import { inspector, type Inspector, type InspectorOptions } from '../../src/inspector/index.js';
import { ReloadService } from '../../src/runtime/index.js';
import { ConfigSection, Describe, RestartRequired, Secure } from '../../src/sections/index.js';
import type { SecureValue } from '../../src/index.js';
import { WatchedValues } from '../container/watched-values.js';

@ConfigSection('http')
export class HttpSettings {
  @Describe('Where the service listens.') @RestartRequired() @IsInt() @Min(1) @Max(65_535) port: number = 3000;
  @IsString() greeting: string = 'Hello';
}

@ConfigSection('payment')
export class PaymentSettings {
  @IsString() provider: string = 'acme';
  @Secure({ level: 'mask', as: 'text', optional: true }) apiKey?: SecureValue<string>;
  @IsOptional() @IsString() webhookSecret?: string;
}

export const TOKEN = 'a-token-of-the-tests-0123456789';

/** An answer, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** As it came over the wire. */
  readonly bytes: number;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A service with an inspector, and the hands to play with it. */
export class InspectorWorld implements AsyncDisposable {
  readonly container: Container;
  readonly reloads: ReloadService;
  readonly values: WatchedValues;
  readonly inspect: Inspector;
  readonly server: Server;
  #heard: readonly string[] = [];

  private constructor(container: Container, values: WatchedValues, options: Partial<InspectorOptions>) {
    this.container = container;
    this.values = values;
    this.reloads = container.get(ReloadService);
    const { authenticate } = options;
    this.inspect = inspector({
      reloads: this.reloads,
      ...(authenticate === undefined && { token: () => TOKEN }),
      ...options,
    });
    this.server = createServer((incoming, response) => {
      if (this.inspect(incoming, response)) return;
      response.end('the application');
    });
  }

  static async of(
    values: object,
    options: Partial<InspectorOptions> | ((container: Container) => Partial<InspectorOptions>) = {},
    module: Partial<ConfigModuleOptions> = {},
  ): Promise<InspectorWorld> {
    const container = new Container();
    container.register(ConfigPlugin);
    const source = new WatchedValues(values, 'base');
    await container.loadAsync(
      ConfigModule.fromOptions({
        sections: [HttpSettings, PaymentSettings],
        sources: [source],
        environment: 'test',
        env: {},
        ...module,
      }),
    );
    const world = new InspectorWorld(container, source, typeof options === 'function' ? options(container) : options);
    world.server.listen(0, '127.0.0.1');
    await once(world.server, 'listening');
    return world;
  }

  get port(): number {
    // It listens on a port.
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}/inspector`;
  }

  /** All bodies that were sent. */
  get heard(): readonly string[] {
    return this.#heard;
  }

  /** Puts other values into the source, and reloads. */
  async change(values: object): Promise<string> {
    this.values.set(values);
    return (await this.reloads.reload('a test')).status;
  }

  async ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
    const response = await this.open(path, { method, headers, body });
    const chunks: Buffer[] = [];
    // Of bytes: nobody has set an encoding.
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    const whole = Buffer.concat(chunks);
    const text = (response.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole).toString('utf8');
    this.#heard = [...this.#heard, text, JSON.stringify(response.headers)];
    return { status: response.statusCode ?? 0, headers: response.headers, text, bytes: whole.length };
  }

  /** The answer before its body. */
  async open(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<IncomingMessage> {
    const sent = request({ host: '127.0.0.1', port: this.port, path, method, headers, agent: false });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  }

  /** Asks the interface with the token. */
  async api(name: string, body?: unknown, token = TOKEN): Promise<unknown> {
    const { text } = await this.ask(`/inspector/api/${name}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'accept-encoding': 'gzip' },
      body,
    });
    return JSON.parse(text) as unknown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.inspect.close();
    await this.reloads.close();
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}
