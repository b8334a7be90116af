import { randomBytes } from 'node:crypto';

/** A name at a server, of a database above all, that nobody else has or had, and that tells which process made it. */
export function worldName(name: string): string {
  return `uno_${name}_${String(process.pid)}_${randomBytes(3).toString('hex')}`;
}

/** Whether a database is of a test whose process has ended without dropping it. */
export function isLeftOver(database: string): boolean {
  const pid = /^uno_(?:[a-z0-9]+_)?(\d+)(?:_|$)/.exec(database)?.[1];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // An error of Node is no Error of the tests' own realm.
    return Reflect.get(Object(error) as object, 'code') === 'ESRCH';
  }
}
