import { PREFIX, SEPARATOR } from '../content/variables.js';
import { parserOf } from './read-tree.js';

/** nconf: a provider with environment variables and files; validates nothing. */
export const nconf = {
  name: 'nconf',
  kind: 'peer',
  validates: false,
  packages: ['nconf'],
  imports: ['nconf'],
  async prepare({ format }) {
    return { Provider: (await import('nconf')).default.Provider, parse: await parserOf(format) };
  },
  declare({ path, overlay, variables, root = 'section000' }, { Provider, parse }) {
    const format = { parse, stringify: JSON.stringify };
    const transform = ({ key, value }) => key.startsWith(PREFIX) && { key: key.slice(PREFIX.length), value };
    return async () => {
      const set = new Provider();
      if (variables) set.env({ separator: SEPARATOR, parseValues: true, transform });
      if (overlay !== undefined) set.file('overlay', { file: overlay, format });
      set.file('base', { file: path, format });
      // Reading makes the merged set; a path that is not there would hide a file that was not read.
      if (set.get(root) === undefined) throw new Error('nconf read nothing');
      return set;
    };
  },
  reading: {
    holder: (set) => set,
    field: (path) => `o.get('${path.join(':')}')`,
  },
};
