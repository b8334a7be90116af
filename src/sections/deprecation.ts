/** What `@Deprecated` takes; all of it is shown to whoever still sets the field. */
export interface DeprecatedOptions {
  /** The version of the application since which it is deprecated, such as `2.3`. */
  readonly since?: string;
  /** The field to set instead, as a dotted path from the root, such as `database.host`. */
  readonly use?: string;
  /** The version of the application in which it goes. */
  readonly until?: string;
}

/** The end of a sentence about a deprecated field: `since 2.3; use database.url; it goes in 3.0`. */
export function deprecationText({ since, use, until }: DeprecatedOptions): string {
  const parts = [
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(use === undefined ? [] : [`use ${use}`]),
    ...(until === undefined ? [] : [`it goes in ${until}`]),
  ];
  return parts.join('; ');
}
