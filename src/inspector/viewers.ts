import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock, ConfigLogger } from '../core/index.js';
import { type Credential, credentialProblem, LoginLimit, Tally, textOf } from '../http/index.js';

/** Of random characters that nobody guesses. */
const SHORTEST_TOKEN = 16;

/** How viewers are known: by the one token, or by what names the holder of any. */
export interface ViewerTerms {
  readonly token: Credential | undefined;
  readonly authenticate: ((token: string) => string | undefined | Promise<string | undefined>) | undefined;
  readonly principal: string;
  readonly clock: Clock;
  readonly logger: ConfigLogger;
}

/** Who looks; or a status and a sentence for whoever does not say who they are. */
export type FoundViewer =
  | { readonly name: string }
  | { readonly status: 401 | 429; readonly message: string; readonly headers: Readonly<Record<string, string>> };

const CHALLENGE = { 'www-authenticate': 'Bearer realm="inspector"' };

/** Tells who sends a request, by its bearer token; it is read from no other place, and never from the address. */
export class Viewers {
  readonly #terms: ViewerTerms;
  readonly #limit: LoginLimit;
  readonly #refused: Tally<void>;

  public constructor(terms: ViewerTerms) {
    this.#terms = terms;
    const { clock, logger } = terms;
    this.#limit = new LoginLimit(clock);
    this.#refused = new Tally<void>(clock, (count) => {
      logger.log({
        level: 'warn',
        event: 'config.inspector.refused',
        message: `The inspector refused ${count === 1 ? 'a request' : `${String(count)} more requests`} without a valid token.`,
        fields: { count },
      });
    });
  }

  /** Logs why nobody will be let in, where that is so. */
  public async check(): Promise<void> {
    const problem = await this.#problem();
    if (problem === undefined) return;
    const message = `The inspector lets in nobody: ${problem}. Give it a random one of ${String(SHORTEST_TOKEN)} characters or more.`;
    this.#terms.logger.log({ level: 'error', event: 'config.inspector.token', message, fields: {} });
  }

  public async of(request: IncomingMessage): Promise<FoundViewer> {
    const { wait, ended } = this.#limit.attempt(request);
    if (wait > 0) {
      this.#refused.note();
      const seconds = String(Math.ceil(wait / 1_000));
      const message = `Too many requests came without a valid token. Try again in ${seconds} s.`;
      return { status: 429, message, headers: { 'retry-after': seconds } };
    }
    const given = /^Bearer ([\w~+/.=-]{1,4096})$/i.exec(request.headers.authorization ?? '')?.[1];
    const name = given === undefined ? undefined : await this.#nameOf(given).catch(() => undefined);
    const isViewer = name !== undefined && name !== '' && name !== '*';
    ended(isViewer);
    if (isViewer) return { name };
    this.#refused.note();
    const problem = await this.#problem();
    if (problem !== undefined) return { status: 401, message: `Nobody is let in: ${problem}.`, headers: CHALLENGE };
    const message =
      given === undefined ? 'A bearer token is needed, in the header authorization.' : 'This token is of nobody.';
    return { status: 401, message, headers: CHALLENGE };
  }

  public close(): void {
    this.#refused.close();
  }

  async #nameOf(given: string): Promise<string | undefined> {
    const { token, authenticate, principal } = this.#terms;
    if (authenticate !== undefined) return authenticate(given);
    const text = token === undefined ? '' : await textOf(token);
    // In constant time.
    const isToken = text.length >= SHORTEST_TOKEN && timingSafeEqual(digest(text), digest(given));
    return isToken ? principal : undefined;
  }

  async #problem(): Promise<string | undefined> {
    const { token } = this.#terms;
    const problem = token && (await credentialProblem(token, SHORTEST_TOKEN));
    return problem && `its token ${problem}`;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
