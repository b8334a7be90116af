import { parserOf } from './read-tree.js';

/** nconf: a provider with one file; validates nothing. */
export const nconf = {
  name: 'nconf',
  kind: 'peer',
  validates: false,
  packages: ['nconf'],
  imports: ['nconf'],
  async declare({ format, path }) {
    const {
      default: { Provider },
    } = await import('nconf');
    const parse = await parserOf(format);
    return async () => {
      const set = new Provider();
      set.file({ file: path, format: { parse, stringify: JSON.stringify } });
      // Reading makes the merged set; a path that is not there would hide a file that was not read.
      if (set.get('section000') === undefined) throw new Error('nconf read nothing');
      return set;
    };
  },
  reading: {
    holder: (set) => set,
    field: (section, field) => `o.get('${section}:${field}')`,
  },
};
