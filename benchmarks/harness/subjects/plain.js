import { treeReader } from './read-tree.js';

/** The floor: the parser, and the tree frozen. Nothing is checked. */
export const plain = {
  name: 'plain',
  kind: 'floor',
  validates: false,
  packages: [],
  async declare(content) {
    const readTree = await treeReader(content);
    return async () => {
      const tree = await readTree();
      for (const section of Object.values(tree)) Object.freeze(section);
      return Object.freeze(tree);
    };
  },
  reading: {
    holder: (set, section) => Object.values(set)[section],
    field: (section, field) => `o.${field}`,
  },
};
