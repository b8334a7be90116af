import { parserOf, sectionsOf, treeReader } from './read-tree.js';

/** The floor: the parser, the files merged, the variables applied, and the tree frozen. Nothing is checked. */
export const plain = {
  name: 'plain',
  kind: 'floor',
  validates: false,
  packages: [],
  prepare: ({ format }) => parserOf(format),
  declare(content, parse) {
    const readTree = treeReader(content, parse);
    return async () => freeze(await readTree());
  },
  reading: {
    holder: (set, section, content) => sectionsOf(set, content)[section],
    field: (path, within) => `o.${within.join('.')}`,
  },
};

function freeze(group) {
  for (const key of Object.keys(group)) if (typeof group[key] === 'object') freeze(group[key]);
  return Object.freeze(group);
}
