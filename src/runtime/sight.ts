import type { AccessRight, ConfigPath, SecretWish } from '../core/index.js';
import { formatPath, secretRuleAt } from '../core/index.js';
import type { GenerationFacts } from './generation-facts.js';
import { isHidden } from './shown-value.js';

/** What somebody may see of the settings. */
export interface Sight {
  /** True for a setting that they may know of. */
  lists(path: ConfigPath): boolean;
  /** True for a setting that is no secret, or that they may see masked. */
  shows(path: ConfigPath): boolean;
  /**
   * Returns when they may see a setting that they ask for by its name, masked if it is a secret.
   *
   * @throws ConfigError `access-denied`.
   */
  admit(path: ConfigPath): void;
}

/** The sight of whoever has the sources anyway: the library's own log, and the command line. */
export const FULL_SIGHT: Sight = Object.freeze({ lists: () => true, shows: () => true, admit: () => undefined });

/** The sight of the one on whose behalf the code runs, as the access policy says. What is no secret everybody may see. */
export function sightOf(facts: Pick<GenerationFacts, 'plan' | 'references'>): Sight {
  const { gate } = facts.plan;
  const may = (path: ConfigPath, right: AccessRight): boolean => {
    const wish = wishFor(facts, path, right);
    return wish === undefined || gate.allows(wish);
  };
  return {
    lists: (path) => may(path, 'list'),
    shows: (path) => may(path, 'read-masked'),
    admit: (path) => {
      for (const right of ['list', 'read-masked'] as const) {
        const wish = wishFor(facts, path, right);
        if (wish !== undefined) gate.admit(wish);
      }
    },
  };
}

/** Settings that are masked for their name, or for what they were built from, count as secrets that name no readers. */
function wishFor(
  facts: Pick<GenerationFacts, 'plan' | 'references'>,
  path: ConfigPath,
  right: AccessRight,
): SecretWish | undefined {
  const declared = secretRuleAt(facts.plan.schema, path);
  if (declared === undefined && !isHidden(facts, path)) return undefined;
  return { level: 'mask', form: 'text', ...declared, right, path: formatPath(path) };
}
