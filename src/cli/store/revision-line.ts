/** The first line of a pulled file: what a push of it starts from. */
export function revisionLine(store: string, revision: number): string {
  return `# revision ${String(revision)} of ${store}\n`;
}

/** The revision that a file says it starts from, if it does. */
export function revisionIn(text: string): number | undefined {
  const found = /^\uFEFF?# revision (\d{1,15}) of /.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
