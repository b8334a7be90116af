/** What a coercer makes of an empty text where the type has no empty value: the field keeps its default. */
export const NOT_SET: unique symbol = Symbol.for('uno-config.not-set');
