import { SourceUnreachable } from '../../../core/index.js';
import { askSource, type HttpReader } from '../http-source.js';
import { type Credential } from '../../../http/index.js';
import { textOf } from '../store/index.js';

/** Gets the token that etcd wants with each request. */
export class EtcdLogin {
  readonly #user: string;
  readonly #password: Credential;
  #token: Promise<string> | undefined;

  public constructor(user: string, password: Credential) {
    this.#user = user;
    this.#password = password;
  }

  public async token(reader: HttpReader): Promise<string> {
    this.#token ??= this.#login(reader).catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return this.#token;
  }

  public forget(): void {
    this.#token = undefined;
  }

  async #login(reader: HttpReader): Promise<string> {
    const body = JSON.stringify({ name: this.#user, password: await textOf(this.#password) });
    const { text } = await askSource(reader, { path: '/v3/auth/authenticate', method: 'POST', body });
    const token: unknown = (JSON.parse(text) as { readonly token?: unknown }).token;
    if (typeof token === 'string') return token;
    throw new SourceUnreachable({ source: reader.name, why: 'it gives no token', refused: true });
  }
}
