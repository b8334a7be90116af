/** A list, map or section written as JSON text; `undefined` when it is not, which binding then reports with its place. */
export function structureOf(text: string, kind: 'list' | 'map' | 'section'): unknown {
  const trimmed = text.trim();
  if (!trimmed.startsWith(kind === 'list' ? '[' : '{')) return undefined;
  try {
    const structure: unknown = JSON.parse(trimmed);
    return structure;
  } catch {
    // The parser's message quotes the text; binding says what is wrong in words of its own.
    return undefined;
  }
}
