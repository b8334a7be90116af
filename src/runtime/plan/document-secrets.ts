import { canonicalPath } from '../../binding/index.js';
import { type ConfigMap, type ConfigPath, isWithin } from '../../core/index.js';
import type { LoadPlan } from './load-plan.js';

/** Whether a path of a document is a secret: by itself, or as what becomes of it where the document is of an earlier version. */
export function secretsOfDocument(tree: ConfigMap, plan: LoadPlan, references = true): (path: ConfigPath) => boolean {
  const pathsNow = pathsNowOf(tree, plan, references);
  return (path) => pathsNow(path).some((one) => plan.isSecret(canonicalPath(plan.schema, one)));
}

/** A path of a document, and what becomes of it where the document is of an earlier version. */
export function pathsNowOf(
  tree: ConfigMap,
  { migrations }: Pick<LoadPlan, 'migrations'>,
  references = true,
): (path: ConfigPath) => readonly ConfigPath[] {
  const { edits = [] } = migrations?.document(tree, { references, isDocument: true }) ?? {};
  return (path) => {
    let later: readonly ConfigPath[] = [path];
    for (const { from, to } of edits) {
      later = later.flatMap((one) => {
        const above = from.find((whole) => isWithin(one, whole));
        return above === undefined ? [one] : to.map((written) => [...written.path, ...one.slice(above.length)]);
      });
    }
    return [path, ...later];
  };
}
