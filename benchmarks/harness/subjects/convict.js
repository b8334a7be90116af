import { describeSections } from '../content/sections.js';
import { spellAsIs } from '../content/variables.js';
import { parserOf } from './read-tree.js';

/** convict: schema with defaults, loadFile, environment variables, strict validation. */
export const convict = {
  name: 'convict',
  kind: 'peer',
  validates: true,
  packages: ['convict'],
  imports: ['convict'],
  async prepare({ format }) {
    return { create: (await import('convict')).default, parse: await parserOf(format) };
  },
  declare(content, { create, parse }) {
    create.addParser({ extension: content.format, parse });
    create.addFormat({ name: 'limit', validate: checkLimit, coerce: Number });
    const sections = declareSchema(
      content,
      describeSections(content),
      content.root === undefined ? [] : [content.root],
    );
    const schema = content.root === undefined ? sections : { [content.root]: sections };
    const files = content.overlay === undefined ? [content.path] : [content.path, content.overlay];
    return async () => create(schema).loadFile(files).validate({ allowed: 'strict' });
  },
  reading: {
    holder: (set) => set,
    field: (path) => `o.get('${path.join('.')}')`,
  },
};

const MAX = 1_000_000;

function checkLimit(value) {
  if (!Number.isInteger(value) || value < 0 || value > MAX) throw new Error(`must be an integer in 0..${MAX}`);
}

function declareSchema(content, groups, above) {
  return Object.fromEntries(
    groups.map(({ name, fields, groups: inner }) => {
      const path = [...above, name];
      return [
        name,
        {
          ...Object.fromEntries(fields.map((field) => [field.name, declareField(field, [...path, field.name])])),
          ...declareSchema(content, inner, path),
        },
      ];
    }),
  );
}

function declareField({ kind, base, variable }, path) {
  const formats = { integer: 'limit', text: String, switch: Boolean };
  return { format: formats[kind], default: base, ...(variable !== undefined && { env: spellAsIs(path) }) };
}
