import {
  formatOrigin,
  isConfigMap,
  isSecureValue,
  secretAt,
  secretContent,
  type SecretLevel,
} from '../../core/index.js';
import { decidedBy } from '../rows/index.js';
import type { GenerationFacts } from './generation-facts.js';
import { settingIndex } from './setting-index.js';
import { isHidden } from './shown-value.js';
import type { Sight } from './sight.js';

/** How one secret is kept; nothing of its value. */
export interface ListedSecret {
  readonly path: string;
  /** Absent for a caller who may know only that it exists, and for a value that is hidden without `@Secure`. */
  readonly level?: SecretLevel;
  /** The id of the key that it is encrypted under; absent for what came as plain text. */
  readonly key?: string;
  /** Where it comes from, as `formatOrigin` writes it. */
  readonly from?: string;
}

/** The secrets in sight, and what is hidden as one: for its name, or for what it was built from. */
export function listSecrets(facts: GenerationFacts, sight: Sight): readonly ListedSecret[] {
  return [...settingIndex(facts)].flatMap(([id, { path, value }]): readonly ListedSecret[] => {
    if (!isSecureValue(value) && !isHidden(facts, path)) return [];
    if (!sight.lists(path)) return [];
    if (!sight.shows(path)) return [{ path: id }];
    const level = secretAt(facts.plan.schema, path)?.rule.level;
    const key = isSecureValue(value) ? secretContent(value).kid : undefined;
    const origin = decidedBy(facts, path)?.origin;
    return [
      {
        path: id,
        ...(level !== undefined && { level }),
        ...(key !== undefined && { key }),
        ...(origin !== undefined && { from: formatOrigin(origin) }),
      },
    ];
  });
}

/** Strings of settings that are hidden though no `SecureValue` holds them, to be taken out of what others make of them. */
export function hiddenTexts(facts: GenerationFacts): readonly string[] {
  return [...settingIndex(facts).values()].flatMap(({ path, value }) => (isHidden(facts, path) ? textsIn(value) : []));
}

/** Shorter ones are in every other word. */
const SHORTEST = 4;

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length < SHORTEST ? [] : [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isConfigMap(value) ? Object.values(value).flatMap(textsIn) : [];
}
