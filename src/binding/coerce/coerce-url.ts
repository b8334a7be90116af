import { type Coerced, NOT_SET, refusal, refuseChange } from './coercion-failure.js';

// To the standard, `localhost:5432` is a URL of the scheme "localhost" and `http:a` one of host "a": the slashes distinguish
// an address from a slip.
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;
// The standard drops these silently, inside and at the ends.
const BLANK_OR_CONTROL = /[\s\p{Cc}]/u;

/**
 * A URL, or the string of an absolute one with `scheme://` and without blanks. The result is an {@link ImmutableURL}.
 */
export function coerceUrl(raw: unknown): Coerced<URL> {
  if (raw instanceof ImmutableURL) return raw;
  if (raw instanceof URL) return new ImmutableURL(raw);
  if (raw === '') return NOT_SET;
  if (typeof raw !== 'string' || !SCHEME.test(raw) || BLANK_OR_CONTROL.test(raw)) return notUrl(raw);
  // Checked first, because the error of `new URL` quotes the string, password included.
  return URL.canParse(raw) ? new ImmutableURL(raw) : notUrl(raw);
}

const notUrl = refusal(
  'not-a-url',
  'an absolute URL',
  'write scheme and host, such as https://example.com/path, with blanks as %20',
);

/**
 * A URL of the configuration: `instanceof URL`, every setter throws, and `searchParams` is a fresh copy whose changes have
 * no effect. Like every URL it cannot be sent through `structuredClone`; send its `href`.
 *
 * @example
 * ```ts
 * declare const settings: { readonly baseUrl: URL };
 * const page = new URL(settings.baseUrl);
 * page.searchParams.set('page', '2');
 * ```
 */
export class ImmutableURL extends URL {
  public constructor(url: string | URL) {
    super(url);
    Object.freeze(this);
  }
}

const refuse = refuseChange('URL', 'new URL(url)');

for (const [name, accessors] of Object.entries(Object.getOwnPropertyDescriptors(URL.prototype))) {
  // A property is inherited or overridden as a whole, hence the getter again.
  if (accessors.set !== undefined) {
    Object.defineProperty(ImmutableURL.prototype, name, { ...accessors, set: refuse });
  }
}

Object.defineProperty(ImmutableURL.prototype, 'searchParams', {
  get(this: ImmutableURL): URLSearchParams {
    return new URLSearchParams(this.search);
  },
});
