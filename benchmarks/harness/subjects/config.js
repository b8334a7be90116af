import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spellAsIs, variablesOf } from '../content/variables.js';

/** The package `config`: a singleton that reads its folder on import; made anew here through its own class. */
export const config = {
  name: 'config',
  kind: 'peer',
  validates: false,
  packages: ['config'],
  imports: ['config'],
  async prepare() {
    // Importing it loads at once: from an empty folder, so that the load can be told from the import.
    const empty = mkdtempSync(path.join(os.tmpdir(), 'uno-config-bench-empty-'));
    process.env.NODE_CONFIG_DIR = empty;
    process.env.SUPPRESS_NO_CONFIG_WARNING = 'true';
    const { default: singleton } = await import('config');
    const { Load } = await import('config/lib/util.js');
    rmSync(empty, { recursive: true });
    return { singleton, Load };
  },
  declare(content, { singleton, Load }) {
    const folder = path.dirname(content.path);
    if (content.overlay !== undefined) {
      process.env.NODE_CONFIG_ENV = 'production';
      // Its own way to variables: a file beside the others that names them.
      writeFileSync(path.join(folder, 'custom-environment-variables.json'), JSON.stringify(namesOf(content)));
    }
    const [first] = pathOfSection(content);
    return async () => {
      process.env.NODE_CONFIG_DIR = folder;
      const load = Load.fromEnvironment();
      load.scan();
      const set = new singleton.constructor(load);
      // The first get makes the set immutable.
      set.get(first);
      return set;
    };
  },
  reading: {
    holder: (set) => set,
    field: (whole) => `o.get('${whole.join('.')}')`,
  },
};

function pathOfSection({ root }) {
  return root === undefined ? ['section000'] : [root];
}

function namesOf(content) {
  const tree = {};
  for (const { path: keys, kind } of variablesOf(content)) {
    const above = keys.slice(0, -1).reduce((group, key) => (group[key] ??= {}), tree);
    const name = spellAsIs(keys);
    above[keys.at(-1)] = kind === 'integer' ? { __name: name, __format: 'number' } : name;
  }
  return tree;
}
