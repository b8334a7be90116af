import type { ConfigPath } from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import type { LoadOptions, LoadPlan } from '../plan/index.js';
import { sectionValue, unknownKeysOf, type MovedReading, type Segment, type Traceable } from '../rows/index.js';
import { plainSecrets } from '../secrets/index.js';

/** What becomes of a finding is a matter of policy. */
export interface Judged {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Secrets that stand in plain text in the sections that were made. */
export function plainIn(made: readonly Segment[], { sections, secrets }: LoadPlan, from: Traceable): Judged {
  if (secrets.plain === 'allow') return { errors: [], warnings: [] };
  const found = made.flatMap((segment) => {
    const section = segment.section === undefined ? undefined : sections[segment.section];
    if (section === undefined) return [];
    return plainSecrets(section.plan, sectionValue(from.rows, segment, 'merged'), segment.path, from);
  });
  return secrets.plain === 'error' ? { errors: found, warnings: [] } : { errors: [], warnings: found };
}

/** Keys that no settings class declares. */
export function unknownKeys(
  moved: readonly MovedReading[],
  plan: LoadPlan,
  { unknownKeys: policy = 'error' }: Pick<LoadOptions, 'unknownKeys'>,
): Judged {
  if (policy === 'ignore') return { errors: [], warnings: [] };
  const found = moved.flatMap(unknownKeysOf).filter(({ path }) => !isToolKey(path) && !plan.isForeign(path));
  return policy === 'error' ? { errors: found, warnings: [] } : { errors: [], warnings: found };
}

/** `$schema` at the root tells an editor what the file looks like. */
function isToolKey(path: ConfigPath): boolean {
  return path.length === 1 && path[0] === '$schema';
}
