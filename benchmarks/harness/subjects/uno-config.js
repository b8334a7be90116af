import { describeSections } from '../content/sections.js';
import { declareSettingsClasses } from '../content/settings-classes.js';
import { importBuilt, importOurs } from '../packages.js';

/** One complete generation, without a container. */
export const unoConfig = {
  name: 'uno-config',
  kind: 'own',
  validates: true,
  packages: [],
  async declare({ leaves, format, path }) {
    const { classes, sourceOf } = await declareOurs(leaves);
    const { loadGeneration, planLoad } = await importBuilt('runtime/index.js');
    const options = { sections: classes, sources: [sourceOf[format](path)] };
    // Worked out by the first load and kept, as the container module and the reload service do.
    let plan;
    return () => loadGeneration(options, { plan: (plan ??= planLoad(options, false)) });
  },
  reading: {
    holder: (generation, section) => generation.instances[section],
    field: (section, field) => `o.${field}`,
  },
};

/** Imports the library and declares its section classes. */
export async function declareOurs(leaves) {
  await importOurs('reflect-metadata');
  const [library, validators] = await Promise.all([importOurs('uno-config'), importOurs('class-validator')]);
  const classes = declareSettingsClasses(describeSections(leaves), validators, (Settings, { name }) =>
    library.ConfigSection(name)(Settings),
  );
  return { library, classes, sourceOf: { json: library.jsonFile, yaml: library.yamlFile } };
}
