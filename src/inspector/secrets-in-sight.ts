import { parsePath } from '../core/index.js';
import { type Generation, type ListedSecret, secretsIn, type Sight } from '../runtime/index.js';

const found = new WeakMap<Generation, readonly ListedSecret[]>();

/** All secrets, without regard to the access policy: looked for once in a generation. */
export function allSecrets(generation: Generation): readonly ListedSecret[] {
  const secrets = found.get(generation) ?? secretsIn(generation, true);
  found.set(generation, secrets);
  return secrets;
}

/** The secrets that a viewer may know of, with no more than the path where they may not see them masked. */
export function secretsInSight(generation: Generation, sight: Sight): readonly ListedSecret[] {
  return allSecrets(generation).flatMap((secret): readonly ListedSecret[] => {
    const keys = parsePath(secret.path);
    if (!sight.lists(keys)) return [];
    return [sight.shows(keys) ? secret : { path: secret.path }];
  });
}

/** The paths of secrets that a viewer may not know of. */
export function hiddenPaths(generation: Generation, sight: Sight): readonly string[] {
  return allSecrets(generation).flatMap(({ path }) => (sight.lists(parsePath(path)) ? [] : [path]));
}
