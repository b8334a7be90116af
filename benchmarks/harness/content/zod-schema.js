/**
 * The same rules as the settings classes, as one zod schema.
 *
 * @param coerce whether zod makes integers of text: where an environment variable reaches, for who hands zod its text
 */
export function declareZodSchema(content, sections, z, { coerce = false } = {}) {
  const schemaOf = ({ kind, min, max, variable }) => {
    if (kind === 'integer') {
      return (coerce && variable !== undefined ? z.coerce.number().int() : z.int()).min(min).max(max);
    }
    return kind === 'text' ? z.string() : z.boolean();
  };
  const objectOf = ({ fields, groups }) =>
    z.object(
      Object.fromEntries([
        ...fields.map((field) => [field.name, schemaOf(field)]),
        ...groups.map((group) => [group.name, objectOf(group)]),
      ]),
    );
  const schema = objectOf({ fields: [], groups: sections });
  return content.root === undefined ? schema : z.object({ [content.root]: schema });
}
