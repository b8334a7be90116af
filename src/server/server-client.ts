import { createHash, timingSafeEqual, type X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { type Clock, option, type OptionKinds, OptionMistake } from '../core/index.js';
import { type Credential, credentialProblem, isCredential, LoginLimit, textOf } from '../http/index.js';

/** Who may read settings, and how it proves who it is. */
export interface ServerClient {
  /** Names it in the audit; the user of `password`. */
  readonly name: string;
  /** The applications whose settings it may read. */
  readonly applications: readonly string[];
  /** The token that it sends as `Authorization: Bearer …`. */
  readonly bearer?: Credential | undefined;
  /** The password that it sends with its name, as HTTP Basic. */
  readonly password?: Credential | undefined;
  /**
   * A subject alternative name of its certificate: a DNS name or a URI, such as `spiffe://internal/orders`. The certificate
   * must come from `clientAuthorities`.
   */
  readonly certificate?: string | undefined;
  /** Whether it is given secrets in plain text, over mutual TLS; else as they are stored. Default: false. */
  readonly plainSecrets?: boolean | undefined;
}

const CREDENTIAL = option.kind('a function that gives it, or a SecureValue', isCredential);

const CLIENT = {
  name: option.required(option.name),
  applications: option.required(option.listOf(option.name)),
  bearer: CREDENTIAL,
  password: CREDENTIAL,
  certificate: option.name,
  plainSecrets: option.flag,
} satisfies OptionKinds<ServerClient>;

const LISTED = option.listOf(option.options<ServerClient, typeof CLIENT>(CLIENT));

export const CLIENTS = option.either(option.oneOf('anyone'), LISTED);

/** Somebody who has proved who they are. */
export interface Caller {
  readonly name: string;
  readonly mayRead: (application: string) => boolean;
  /** Whether secrets may be opened for it. */
  readonly isTrusted: boolean;
}

/** Who sends a request; nobody where it does not prove who it is. */
export interface FoundCaller {
  readonly caller?: Caller | undefined;
  /** Milliseconds until a login may be tried again; 0 where this one was. */
  readonly wait: number;
}

const ANYONE: Caller = { name: 'anyone', mayRead: () => true, isTrusted: false };
/** A token that is replaced is known after so many milliseconds. */
const KNOWN_FOR = 1_000;
/** Of random characters that nobody guesses. */
const SHORTEST_TOKEN = 16;

/** Tells who sends a request. */
export class Callers {
  readonly #known: readonly KnownClient[] | undefined;
  readonly #limit: LoginLimit;

  /** @throws TypeError naming what cannot be. */
  public constructor(clients: 'anyone' | readonly ServerClient[], applications: ReadonlySet<string>, clock: Clock) {
    this.#limit = new LoginLimit(clock);
    if (clients === 'anyone') return;
    this.#known = clients.map((client, index) => {
      checkClient(client, `configServer: clients[${String(index)}]`, applications);
      return new KnownClient(client, clock);
    });
  }

  /** Whether everybody may read. */
  public get areAnyone(): boolean {
    return this.#known === undefined;
  }

  /** The caller. */
  public async of(request: IncomingMessage): Promise<FoundCaller> {
    if (this.#known === undefined) return { caller: ANYONE, wait: 0 };
    const names = certifiedNames(request);
    const certified = this.#known.find(
      ({ client }) => client.certificate !== undefined && names.has(client.certificate),
    );
    if (certified !== undefined) return { caller: certified.caller(true), wait: 0 };
    const { wait, ended } = this.#limit.attempt(request);
    const given = credentialIn(request.headers.authorization);
    if (wait > 0 || given === undefined) return { wait };
    // All are compared, so that the time says nothing.
    const matches = await Promise.all(this.#known.map(async (known) => known.matches(given)));
    const caller = this.#known[matches.indexOf(true)]?.caller(false);
    ended(caller !== undefined);
    return { caller, wait };
  }

  /** What keeps clients from proving who they are, or makes that easy for others. */
  public async problems(): Promise<readonly string[]> {
    const found = await Promise.all((this.#known ?? []).map(async (known) => known.problems()));
    return found.flat();
  }
}

class KnownClient {
  public readonly client: ServerClient;
  readonly #applications: ReadonlySet<string>;
  readonly #clock: Clock;
  #digests: { readonly until: number; readonly of: Promise<readonly (Buffer | undefined)[]> } | undefined;

  public constructor(client: ServerClient, clock: Clock) {
    this.client = client;
    this.#clock = clock;
    this.#applications = new Set(client.applications);
  }

  public caller(isCertified: boolean): Caller {
    const { name, plainSecrets = false } = this.client;
    return {
      name,
      mayRead: (application) => this.#applications.has(application),
      isTrusted: isCertified && plainSecrets,
    };
  }

  public async matches({ user, secret }: GivenCredential): Promise<boolean> {
    const [bearer, password] = await this.#known();
    const own = user === undefined ? bearer : user === this.client.name ? password : undefined;
    return own !== undefined && timingSafeEqual(own, digestOf(secret));
  }

  public async problems(): Promise<readonly string[]> {
    const { name, bearer, password } = this.client;
    const of = async (what: string, credential: Credential | undefined, shortest: number): Promise<string[]> => {
      const problem = credential && (await credentialProblem(credential, shortest));
      return problem === undefined ? [] : [`The ${what} of the client ${name} ${problem}.`];
    };
    return [...(await of('token', bearer, SHORTEST_TOKEN)), ...(await of('password', password, 1))];
  }

  #known(): Promise<readonly (Buffer | undefined)[]> {
    const now = this.#clock.monotonic();
    if (this.#digests !== undefined && this.#digests.until > now) return this.#digests.of;
    const { bearer, password } = this.client;
    const of = Promise.all([bearer, password].map(digestOfCredential));
    this.#digests = { until: now + KNOWN_FOR, of };
    return of;
  }
}

/** Nothing where the provider fails or has none: then nobody is that client. */
async function digestOfCredential(credential: Credential | undefined): Promise<Buffer | undefined> {
  try {
    const text = credential === undefined ? '' : await textOf(credential);
    return text === '' ? undefined : digestOf(text);
  } catch {
    return undefined;
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

interface GivenCredential {
  /** Absent for a bearer token. */
  readonly user?: string;
  readonly secret: string;
}

/** Clients that have none send an empty user with an empty password: that is nobody. */
function credentialIn(header = ''): GivenCredential | undefined {
  const [, scheme = '', text = ''] = /^(bearer|basic) +([\w.~+/=-]{1,8192})$/i.exec(header) ?? [];
  if (scheme.toLowerCase() === 'bearer') return { secret: text };
  const pair = scheme === '' ? '' : Buffer.from(text, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon <= 0 ? undefined : { user: pair.slice(0, colon), secret: pair.slice(colon + 1) };
}

const NONE: ReadonlySet<string> = new Set();
const namesOf = new WeakMap<TLSSocket, ReadonlySet<string>>();

/** The subject alternative names of a certificate that an authority of ours vouches for. */
function certifiedNames({ socket }: IncomingMessage): ReadonlySet<string> {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return NONE;
  const known = namesOf.get(socket);
  if (known !== undefined) return known;
  const names = alternativeNames(socket.getPeerX509Certificate());
  namesOf.set(socket, names);
  return names;
}

/** Node quotes a name that could be taken for several, as a JSON string. */
const ALTERNATIVE = /(?:^|, )(?:DNS|URI):(?:"((?:[^"\\]|\\.)*)"|([^,"]*))(?=, |$)/g;

function alternativeNames(certificate: X509Certificate | undefined): ReadonlySet<string> {
  const names = [...(certificate?.subjectAltName ?? '').matchAll(ALTERNATIVE)];
  // What was quoted is never meant.
  return new Set(names.flatMap(([, quoted, plain]) => (quoted === undefined && plain ? [plain] : [])));
}

function checkClient(client: ServerClient, where: string, applications: ReadonlySet<string>): void {
  const { bearer, password, certificate, plainSecrets = false } = client;
  if (bearer === undefined && password === undefined && certificate === undefined) {
    throw new OptionMistake(`${where} must have a bearer token, a password or a certificate.`);
  }
  if (plainSecrets && certificate === undefined) {
    throw new OptionMistake(`${where}.plainSecrets needs a certificate: secrets are opened over mutual TLS only.`);
  }
  const unknown = client.applications.find((name) => !applications.has(name));
  if (unknown !== undefined) {
    throw new OptionMistake(`${where}.applications names ${JSON.stringify(unknown)}, which is not served.`);
  }
}
