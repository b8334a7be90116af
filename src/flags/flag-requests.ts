import { AsyncLocalStorage } from 'node:async_hooks';
import { option, readOptions, type OptionKinds } from '../core/index.js';
import type { FlagContext } from './engine.js';
import type { FlagValue } from './flag-value.js';
import type { Flags } from './flags.js';

interface FlagRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What {@link flagRequests} takes. */
export interface FlagRequestsOptions<Request extends FlagRequest> {
  /** What rules see of a request; `targetingKey` is who asks. */
  readonly context: (request: Request) => FlagContext;
  /**
   * The header by which developers set flags for one request: `new-checkout=true, button="Buy now"`. It is ignored in
   * production. There is none when absent.
   */
  readonly overrides?: string;
}

const OPTIONS = {
  context: option.required(option.callback),
  overrides: option.name,
} satisfies OptionKinds<FlagRequestsOptions<FlagRequest>>;

/** How much of a header is read. */
const LONGEST = 4_096;

/**
 * Runs each request in its context: `app.use(flagRequests(…))` of Express, `addHook('onRequest', flagRequests(…))` of
 * Fastify; in a plain server call it with what is to come next. An override that cannot be used goes there as an error.
 * Subpath: `uno-config/flags`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import type { IncomingMessage } from 'node:http';
 *
 * function middleware(flags: Flags) {
 *   return flagRequests(flags, {
 *     context: ({ user }: IncomingMessage & { user: { id: string } }) => ({ targetingKey: user.id }),
 *     overrides: 'x-flags',
 *   });
 * }
 * ```
 */
export function flagRequests<Request extends FlagRequest>(
  flags: Flags,
  options: FlagRequestsOptions<Request>,
): (request: Request, response: unknown, next: (error?: Error) => void) => void {
  // Only the request's own type is another one.
  readOptions<FlagRequestsOptions<Request>, typeof OPTIONS>('flagRequests', options, OPTIONS);
  const { context, overrides: name } = options;
  return (request, _, next) => {
    const header = name === undefined || !flags.isOverridable ? undefined : request.headers[name.toLowerCase()];
    const goOn = (): void => {
      flags.run(context(request), () => {
        next();
      });
    };
    if (header === undefined || header === '') {
      goOn();
      return;
    }
    let enter: () => void;
    try {
      const values = parseOverrides(typeof header === 'string' ? header : header.join(','));
      enter = flags.override(values, () => AsyncLocalStorage.bind(goOn));
    } catch (error) {
      enter = () => {
        next(error instanceof Error ? error : new Error('Flags could not be overridden.'));
      };
    }
    // Outside of the try: an error thrown there belongs to the next handler.
    enter();
  };
}

/** `key=value` with commas between; a value is true, false, a number, or a string with or without quotes. */
function parseOverrides(header: string): Readonly<Record<string, FlagValue>> {
  const pairs = header.slice(0, LONGEST).split(',');
  const values = pairs.flatMap((pair): readonly (readonly [string, FlagValue])[] => {
    const at = pair.indexOf('=');
    return at < 1 ? [] : [[pair.slice(0, at).trim(), scalar(pair.slice(at + 1).trim())]];
  });
  return Object.fromEntries(values);
}

function scalar(text: string): FlagValue {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return /^"(.*)"$/.exec(text)?.[1] ?? text;
}
