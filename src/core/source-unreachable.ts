import { ConfigError } from './config-error.js';

/** What {@link SourceUnreachable} is made from. */
export interface SourceUnreachableOptions {
  /** The source, as it names itself. */
  readonly source: string;
  /** Why, in a few words that may be printed anywhere: `the server answers 503`. */
  readonly why: string;
  /** True where it is there and refuses our credentials, or we refuse its certificate: it is asked again less often. */
  readonly refused?: boolean;
  /** The milliseconds after which the server wants to be asked again; goes before every other pace. */
  readonly retryAfter?: number | undefined;
  /** What to do about it, as a sentence. Default: to check that it runs, or the credentials. */
  readonly recovery?: string | undefined;
}

/**
 * What a source throws when it cannot be reached or refuses us: there is no answer, and its previous one stays in use. Code
 * `source-unreachable` or `source-refused`. Subpath: `uno-config/sources`.
 *
 * @example
 * ```ts
 * throw new SourceUnreachable({ source: 'settings service', why: 'the server answers 503', retryAfter: 30_000 });
 * ```
 */
export class SourceUnreachable extends ConfigError {
  /** The milliseconds after which the server wants to be asked again. */
  public readonly retryAfter: number | undefined;

  public constructor({ source, why, refused = false, retryAfter, recovery }: SourceUnreachableOptions) {
    const { code, what, recovery: usual } = refused ? REFUSED : UNREACHABLE;
    super({ code, message: `${source} ${what}: ${why}.`, recovery: recovery ?? usual });
    this.retryAfter = retryAfter;
  }
}

const UNREACHABLE = {
  code: 'source-unreachable',
  what: 'cannot be reached',
  recovery: 'Check that it runs and can be reached from here.',
} as const;
const REFUSED = {
  code: 'source-refused',
  what: 'refuses the connection',
  recovery: 'Check the credentials and the certificates it is reached with.',
} as const;
