import path from 'node:path';

/** Folders that container platforms mount secrets in: what is in there is a secret, whatever its field is called. */
export const MOUNTED_SECRETS: readonly string[] = Object.freeze(['/run/secrets', '/var/run/secrets']);

/** True for one of these folders, and for what is inside. Links are not followed: a path says what it means to be. */
export function isMountedSecret(file: string): boolean {
  const absolute = path.resolve(file);
  return MOUNTED_SECRETS.some((folder) => absolute === folder || absolute.startsWith(`${folder}${path.sep}`));
}
