import { describeSections } from '../content/sections.js';
import { declareSettingsClasses, nestedBy } from '../content/settings-classes.js';
import { PREFIX, SEPARATOR } from '../content/variables.js';
import { importBuilt, importOurs } from '../packages.js';

/** One complete generation, without a container. */
export const unoConfig = {
  name: 'uno-config',
  kind: 'own',
  validates: true,
  packages: [],
  spellVariable: spellOurs,
  async prepare() {
    return { ...(await importLibrary()), core: await importBuilt('runtime/index.js') };
  },
  declare(content, modules) {
    const { loadGeneration, planLoad } = modules.core;
    const sections = declareClasses(content, modules);
    // Worked out by the first load and kept, as the container module and the reload service do.
    let plan;
    return () => {
      // New sources, because those of before remember what they have parsed.
      const options = { sections, sources: sourcesOf(content, modules.library) };
      return loadGeneration(options, { plan: (plan ??= planLoad(options, false)) });
    };
  },
  reading: {
    holder: (generation, section) => generation.instances[section],
    field: (path, within) => `o.${within.join('.')}`,
  },
};

/** `service`, `maxSize` -> `APP_SERVICE__MAX_SIZE`. */
export function spellOurs(path) {
  const keys = path.map((key) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase());
  return `${PREFIX}${keys.join(SEPARATOR)}`;
}

/** The sources of a content: its files, and the environment where variables belong to it. */
export function sourcesOf({ format, path, overlay, variables }, library) {
  const file = sourceOf(format, library);
  return [
    file(path),
    ...(overlay === undefined ? [] : [file(overlay)]),
    ...(variables ? [library.processEnv({ prefix: PREFIX })] : []),
  ];
}

/** The function that makes the source of a file of the format. */
export function sourceOf(format, library) {
  return format === 'json' ? library.jsonFile : library.yamlFile;
}

/** Imports the library and declares the section classes of a content. */
export async function declareOurs(content) {
  const modules = await importLibrary();
  return { library: modules.library, classes: declareClasses(content, modules) };
}

async function importLibrary() {
  await importOurs('reflect-metadata');
  const names = ['uno-config', 'class-validator', 'class-transformer'];
  const [library, validators, transformer] = await Promise.all(names.map(importOurs));
  return { library, validators, transformer };
}

function declareClasses(content, { library, validators, transformer }) {
  const above = content.root === undefined ? '' : `${content.root}.`;
  return declareSettingsClasses(describeSections(content), validators, {
    decorateClass: (Settings, { name }) => library.ConfigSection(`${above}${name}`)(Settings),
    decorateGroup: nestedBy(validators, transformer),
  });
}
