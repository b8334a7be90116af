/** The end of the last day of a flag, in milliseconds since 1970; a day ends at midnight UTC. */
export function endOf({ expires }: { readonly expires?: string | undefined }): number | undefined {
  return expires === undefined ? undefined : Date.parse(`${expires}T00:00:00Z`) + 86_400_000;
}

/** A day that there is, as `2027-03-31`. */
export function isDay(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  // The 30th of February is parsed as a day of March, or not at all.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}
