import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../src/core/index.js';

/** A compiled program of these tests, to be run beside them; given by its path from here. */
export function serviceProgram(path: string): string {
  const built = join(process.cwd(), '.build/programs/services');
  try {
    // The clients of services are not among the packages of the root.
    symlinkSync(join(process.cwd(), 'tests/services/node_modules'), join(built, 'node_modules'));
  } catch (error) {
    // Another file may have made it, or makes it just now.
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  return join(built, path);
}
