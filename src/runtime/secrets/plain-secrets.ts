import type { ConfigPath, OriginKind } from '../../core/index.js';
import { formatPath, isEncryptedText, isSecureValue, mayHoldReferences } from '../../core/index.js';
import { protectedValues, type Finding, type ProtectedValue, type SectionPlan } from '../../binding/index.js';
import { winningSeat, type Traceable } from '../rows/index.js';

/** Sources that are kept somewhere, and often in a repository. */
const STORED: ReadonlySet<OriginKind> = new Set(['file', 'env-file']);

/** The values of a section in plain text in a file though they are declared as encrypted. */
export function plainSecrets(
  plan: SectionPlan,
  merged: unknown,
  path: ConfigPath,
  from: Traceable,
): readonly Finding[] {
  return protectedValues(plan, merged, path)
    .filter(({ value, path: at }) => isPlain(value) && STORED.has(winningSeat(from, at)?.kind ?? 'custom'))
    .map(inPlainText);
}

/** A reference points to a value that is somewhere else. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value !== '' && !isEncryptedText(value) && !mayHoldReferences(value);
  return typeof value !== 'symbol' && !isSecureValue(value);
}

function inPlainText({ path, rule }: ProtectedValue): Finding {
  return {
    code: 'plain-secret',
    path,
    message: 'is in plain text, but is declared to be encrypted',
    hint:
      rule.level === 'sealed'
        ? `Seal it: npx uno-config seal ${formatPath(path)}`
        : `Encrypt it: npx uno-config encrypt ${formatPath(path)}`,
  };
}
