import { describeSections, valueAt } from '../content/sections.js';
import { parserOf } from './read-tree.js';

/** convict: schema with defaults, loadFile, strict validation. */
export const convict = {
  name: 'convict',
  kind: 'peer',
  validates: true,
  packages: ['convict'],
  imports: ['convict'],
  async declare({ leaves, format, path }) {
    const { default: create } = await import('convict');
    create.addParser({ extension: format, parse: await parserOf(format) });
    const schema = declareSchema(describeSections(leaves));
    return async () => create(schema).loadFile(path).validate({ allowed: 'strict' });
  },
  reading: {
    holder: (set) => set,
    field: (section, field) => `o.get('${section}.${field}')`,
  },
};

function declareSchema(sections) {
  return Object.fromEntries(
    sections.map(({ name, fields }, section) => [
      name,
      Object.fromEntries(
        fields.map((field, index) => [field.name, { format: formatOf(field), default: valueAt(section, index) }]),
      ),
    ]),
  );
}

function formatOf({ kind, min, max }) {
  if (kind !== 'integer') return kind === 'text' ? String : Boolean;
  return (value) => {
    if (!Number.isInteger(value) || value < min || value > max) throw new Error(`must be an integer in ${min}..${max}`);
  };
}
