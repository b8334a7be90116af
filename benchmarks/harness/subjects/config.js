import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The package `config`: a singleton that reads its folder on import; made anew here through its own class. */
export const config = {
  name: 'config',
  kind: 'peer',
  validates: false,
  packages: ['config'],
  imports: ['config'],
  async declare(content) {
    // Importing it loads at once: from an empty folder, so that the load can be told from the import.
    const empty = mkdtempSync(path.join(os.tmpdir(), 'uno-config-bench-empty-'));
    process.env.NODE_CONFIG_DIR = empty;
    process.env.SUPPRESS_NO_CONFIG_WARNING = 'true';
    const { default: singleton } = await import('config');
    const { Load } = await import('config/lib/util.js');
    rmSync(empty, { recursive: true });
    return async () => {
      process.env.NODE_CONFIG_DIR = path.dirname(content.path);
      const load = Load.fromEnvironment();
      load.scan();
      const set = new singleton.constructor(load);
      // The first get makes the set immutable.
      set.get('section000');
      return set;
    };
  },
  reading: {
    holder: (set) => set,
    field: (section, field) => `o.get('${section}.${field}')`,
  },
};
