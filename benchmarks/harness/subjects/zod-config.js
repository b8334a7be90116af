import { describeSections } from '../content/sections.js';
import { PREFIX, SEPARATOR } from '../content/variables.js';
import { declareZodSchema } from '../content/zod-schema.js';
import { sectionsOf } from './read-tree.js';

/** zod-config with its own adapters (for YAML it brings the package `yaml`). */
export const zodConfig = {
  name: 'zod-config',
  kind: 'peer',
  validates: true,
  packages: ['yaml', 'zod', 'zod-config'],
  imports: ['zod', 'zod-config', 'zod-config/json-adapter'],
  async prepare({ format, variables }) {
    const [{ loadConfig }, { z }] = await Promise.all([import('zod-config'), import('zod')]);
    return {
      loadConfig,
      z,
      fileAdapter: await fileAdapterOf(format),
      ...(variables && { envAdapter: (await import('zod-config/env-adapter')).envAdapter }),
    };
  },
  declare(content, { loadConfig, z, fileAdapter, envAdapter }) {
    const { path, overlay, variables } = content;
    const schema = declareZodSchema(content, describeSections(content), z, { coerce: variables === true });
    const adapters = [fileAdapter({ path })];
    if (overlay !== undefined) adapters.push(fileAdapter({ path: overlay }));
    if (variables) {
      const transform = ({ key, value }) => ({ key: key.slice(PREFIX.length), value });
      adapters.push(envAdapter({ regex: new RegExp(`^${PREFIX}`), nestingSeparator: SEPARATOR, transform }));
    }
    return () => loadConfig({ schema, adapters });
  },
  reading: {
    holder: (set, section, content) => sectionsOf(set, content)[section],
    field: (path, within) => `o.${within.join('.')}`,
  },
};

async function fileAdapterOf(format) {
  if (format === 'json') return (await import('zod-config/json-adapter')).jsonAdapter;
  return (await import('zod-config/yaml-adapter')).yamlAdapter;
}
