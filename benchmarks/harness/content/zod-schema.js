/** The same rules as the settings classes, as one zod schema. */
export function declareZodSchema(sections, z) {
  const shapeOf = (fields) => Object.fromEntries(fields.map((field) => [field.name, schemaOf(field, z)]));
  return z.object(Object.fromEntries(sections.map(({ name, fields }) => [name, z.object(shapeOf(fields))])));
}

function schemaOf({ kind, min, max }, z) {
  switch (kind) {
    case 'integer':
      return z.int().min(min).max(max);
    case 'text':
      return z.string();
    default:
      return z.boolean();
  }
}
