import { describeSections } from '../content/sections.js';
import { declareSettingsClasses } from '../content/settings-classes.js';
import { importOurs } from '../packages.js';
import { treeReader } from './read-tree.js';

/** The other floor: the parser, class-transformer, class-validator, and the instances frozen; no library around them. */
export const classValidator = {
  name: 'class-validator',
  kind: 'floor',
  validates: true,
  packages: [],
  async declare(content) {
    await importOurs('reflect-metadata');
    const validators = await importOurs('class-validator');
    const { plainToInstance } = await importOurs('class-transformer');
    const sections = describeSections(content.leaves);
    const classes = declareSettingsClasses(sections, validators);
    const readTree = await treeReader(content);
    return async () => {
      const tree = await readTree();
      const set = {};
      for (const [index, { name }] of sections.entries()) {
        const settings = plainToInstance(classes[index], tree[name]);
        const errors = await validators.validate(settings);
        if (errors.length > 0) throw new Error(errors.map(String).join('\n'));
        set[name] = Object.freeze(settings);
      }
      return Object.freeze(set);
    };
  },
  reading: {
    holder: (set, section) => Object.values(set)[section],
    field: (section, field) => `o.${field}`,
  },
};
