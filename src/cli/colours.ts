/** Whether escape sequences for colours are welcome: on a terminal that knows them, unless `NO_COLOR` is set. */
export function welcomesColours(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}
