import { describeSections } from '../content/sections.js';
import { declareZodSchema } from '../content/zod-schema.js';

/** zod-config with its own adapter of the format (for YAML it brings the package `yaml`). */
export const zodConfig = {
  name: 'zod-config',
  kind: 'peer',
  validates: true,
  packages: ['yaml', 'zod', 'zod-config'],
  imports: ['zod', 'zod-config', 'zod-config/json-adapter'],
  async declare({ leaves, format, path }) {
    const [{ loadConfig }, { z }] = await Promise.all([import('zod-config'), import('zod')]);
    const adapters = await adapterOf(format, path);
    const schema = declareZodSchema(describeSections(leaves), z);
    return () => loadConfig({ schema, adapters });
  },
  reading: {
    holder: (set, section) => Object.values(set)[section],
    field: (section, field) => `o.${field}`,
  },
};

async function adapterOf(format, path) {
  if (format === 'json') {
    const { jsonAdapter } = await import('zod-config/json-adapter');
    return jsonAdapter({ path });
  }
  const { yamlAdapter } = await import('zod-config/yaml-adapter');
  return yamlAdapter({ path });
}
