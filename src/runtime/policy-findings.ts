import type { ConfigPath } from '../core/index.js';
import { isWithin } from '../core/index.js';
import type { Finding } from '../binding/index.js';
import type { LoadOptions } from './load-options.js';
import type { LoadPlan } from './load-plan.js';
import type { MergedTree } from './merged-tree.js';
import { plainSecrets } from './secrets/index.js';
import type { SourceReading } from './source-reading.js';
import type { Traceable } from './trace-setting.js';

/** What becomes of a finding is a matter of policy. */
export interface Judged {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Secrets that stand in plain text in the sections that were made. */
export function plainIn(
  tree: MergedTree,
  made: readonly number[],
  { sections, secrets }: LoadPlan,
  trace: Traceable,
): Judged {
  if (secrets.plain === 'allow') return { errors: [], warnings: [] };
  const found = plainSecrets(
    tree,
    made.flatMap((index) => sections[index] ?? []),
    trace,
  );
  return secrets.plain === 'error' ? { errors: found, warnings: [] } : { errors: [], warnings: found };
}

/** Keys that no settings class declares. */
export function unknownKeys(
  readings: readonly SourceReading[],
  plan: LoadPlan,
  { unknownKeys: policy = 'error' }: LoadOptions,
): Judged {
  if (policy === 'ignore') return { errors: [], warnings: [] };
  const found = readings
    .flatMap(({ normalised }) => normalised.flatMap((layer) => layer.unknownKeys))
    .filter(({ path }) => !isToolKey(path) && !plan.foreign.some((foreign) => isWithin(path, foreign)));
  return policy === 'error' ? { errors: found, warnings: [] } : { errors: [], warnings: found };
}

/** `$schema` at the root tells an editor what the file looks like. */
function isToolKey(path: ConfigPath): boolean {
  return path.length === 1 && path[0] === '$schema';
}
