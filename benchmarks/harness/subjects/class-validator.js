import { describeSections } from '../content/sections.js';
import { declareSettingsClasses, nestedBy } from '../content/settings-classes.js';
import { importOurs } from '../packages.js';
import { parserOf, treeReader } from './read-tree.js';

/** The other floor: plain, class-transformer, class-validator, and the instances frozen; no library around them. */
export const classValidator = {
  name: 'class-validator',
  kind: 'floor',
  validates: true,
  packages: [],
  async prepare({ format }) {
    await importOurs('reflect-metadata');
    return {
      validators: await importOurs('class-validator'),
      transformer: await importOurs('class-transformer'),
      parse: await parserOf(format),
    };
  },
  declare(content, { validators, transformer, parse }) {
    const sections = describeSections(content);
    const classes = declareSettingsClasses(sections, validators, {
      decorateGroup: nestedBy(validators, transformer),
    });
    const readTree = treeReader(content, parse);
    return async () => {
      const tree = await readTree();
      const held = content.root === undefined ? tree : tree[content.root];
      const set = {};
      for (const [index, { name }] of sections.entries()) {
        const settings = transformer.plainToInstance(classes[index], held[name]);
        const errors = await validators.validate(settings);
        if (errors.length > 0) throw new Error(errors.map(String).join('\n'));
        set[name] = freeze(settings);
      }
      return Object.freeze(set);
    };
  },
  reading: {
    holder: (set, section) => Object.values(set)[section],
    field: (path, within) => `o.${within.join('.')}`,
  },
};

function freeze(settings) {
  for (const key of Object.keys(settings)) if (typeof settings[key] === 'object') freeze(settings[key]);
  return Object.freeze(settings);
}
