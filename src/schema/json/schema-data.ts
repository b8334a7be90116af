/** A JSON Schema, or a part of one: plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;
