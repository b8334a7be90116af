/**
 * A URL of the configuration: `instanceof URL`, every setter throws, and `searchParams` is a fresh copy whose changes
 * reach nobody. Like every URL it cannot be sent through `structuredClone`; send its `href`.
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

function refuse(): never {
  throw new TypeError('A URL of the configuration cannot be changed; copy it first: new URL(url).');
}

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
