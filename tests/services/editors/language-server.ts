import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What the server says to one file. */
export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly uri?: string;
    readonly diagnostics?: readonly Diagnostic[];
    readonly items?: readonly unknown[];
  };
  readonly result?: unknown;
}

/** The YAML language server, as an editor starts it. */
export class LanguageServer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #folder: string;
  readonly #answers = new Map<number, (result: unknown) => void>();
  readonly #diagnostics = new Map<string, (found: readonly Diagnostic[]) => void>();
  #received = Buffer.alloc(0);
  #last = 0;

  private constructor(folder: string) {
    const program = createRequire(import.meta.url).resolve('yaml-language-server/bin/yaml-language-server');
    this.#folder = folder;
    this.#process = spawn(process.execPath, [program, '--stdio']);
    this.#process.stdout.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      for (let message = this.#next(); message !== undefined; message = this.#next()) this.#receive(message);
    });
  }

  /** @param folder where the files are, which need not be there */
  public static async start(folder: string): Promise<LanguageServer> {
    const server = new LanguageServer(folder);
    await server.#ask('initialize', {
      processId: null,
      rootUri: null,
      capabilities: { workspace: { configuration: true } },
    });
    server.#send({ method: 'initialized', params: {} });
    return server;
  }

  /** Opens a file with a text, and answers what the server says to it. */
  public async open(name: string, text: string): Promise<readonly Diagnostic[]> {
    const uri = this.#uriOf(name);
    const found = new Promise<readonly Diagnostic[]>((resolve) => this.#diagnostics.set(uri, resolve));
    const textDocument = { uri, languageId: 'yaml', version: 1, text };
    this.#send({ method: 'textDocument/didOpen', params: { textDocument } });
    return found;
  }

  /** What it offers to write at a place. */
  public async completions(name: string, line: number, character: number): Promise<readonly string[]> {
    const textDocument = { uri: this.#uriOf(name) };
    const result = await this.#ask('textDocument/completion', { textDocument, position: { line, character } });
    const items: unknown = Reflect.get(Object(result) as object, 'items');
    return (Array.isArray(items) ? items : []).map((item: unknown) =>
      String(Reflect.get(Object(item) as object, 'label')),
    );
  }

  /** What it says of a place. */
  public async hover(name: string, line: number, character: number): Promise<string> {
    const textDocument = { uri: this.#uriOf(name) };
    return JSON.stringify(await this.#ask('textDocument/hover', { textDocument, position: { line, character } }));
  }

  public stop(): void {
    this.#process.kill();
  }

  #uriOf(name: string): string {
    return pathToFileURL(join(this.#folder, name)).href;
  }

  async #ask(method: string, params: object): Promise<unknown> {
    const id = ++this.#last;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#send({ id, method, params });
    });
  }

  #send(message: object): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#process.stdin.write(`Content-Length: ${String(Buffer.byteLength(text))}\r\n\r\n${text}`);
  }

  #next(): Message | undefined {
    const head = this.#received.indexOf('\r\n\r\n');
    if (head === -1) return undefined;
    const length = Number(/Content-Length: (\d+)/.exec(this.#received.toString('latin1', 0, head))?.[1]);
    const end = head + 4 + length;
    if (this.#received.length < end) return undefined;
    const message = JSON.parse(this.#received.toString('utf8', head + 4, end)) as Message; // The protocol's form.
    this.#received = this.#received.subarray(end);
    return message;
  }

  #receive({ id, method, params, result }: Message): void {
    if (method === 'textDocument/publishDiagnostics') {
      this.#diagnostics.get(params?.uri ?? '')?.(params?.diagnostics ?? []);
    } else if (method !== undefined && id !== undefined) {
      const settings = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };
      const answers = (params?.items ?? []).map((item) =>
        Reflect.get(Object(item) as object, 'section') === 'yaml' ? settings : null,
      );
      this.#send({ id, result: method === 'workspace/configuration' ? answers : null });
    } else if (id !== undefined) {
      this.#answers.get(id)?.(result);
    }
  }
}
