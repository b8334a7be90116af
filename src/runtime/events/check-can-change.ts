import { ConfigError, nearestName } from '../../core/index.js';
import type { SectionClass } from '../../sections/index.js';
import type { SectionEntry } from '../plan/index.js';

/**
 * Refuses to listen to a section that will never change, for it is not loaded.
 *
 * @throws TypeError when the target is no class.
 * @throws ConfigError `section-not-loaded`.
 */
export function checkCanChange(
  sections: readonly SectionEntry[] | undefined,
  target: SectionClass,
  name: string | undefined,
): void {
  // Callers without types, and circular imports, can bring a class that is not there.
  if (typeof (target as unknown) !== 'function') throw new TypeError('section: name a settings class.');
  if (sections === undefined || sections.some((entry) => entry.target === target && entry.name === name)) return;
  const loaded = sections.map((entry) => nameOf(entry.target, entry.name)).join(', ');
  throw new ConfigError({
    code: 'section-not-loaded',
    message: `${nameOf(target, name)} is not among the loaded sections: ${loaded}.`,
    recovery: `Add ${target.name} to the sections of the ConfigModule.`,
  });
}

function nameOf(target: SectionClass, name: string | undefined): string {
  return name === undefined ? target.name : `${target.name} ("${name}")`;
}

/**
 * Refuses a domain that no loaded section has: nothing of it will ever change.
 *
 * @throws ConfigError `section-not-loaded`.
 */
export function checkDomain(sections: readonly SectionEntry[] | undefined, domain: string): void {
  if (sections === undefined || sections.some((entry) => entry.domain === domain)) return;
  const domains = new Set(sections.flatMap((entry) => entry.domain ?? []));
  const known = domains.size === 0 ? 'none of them has one' : `there is ${[...domains].join(', ')}`;
  const nearest = nearestName(domain, domains);
  throw new ConfigError({
    code: 'section-not-loaded',
    message: `No loaded section is of the domain ${JSON.stringify(domain)}; ${known}.`,
    recovery:
      nearest === undefined
        ? `Write @ConfigSection('…', { domain: ${JSON.stringify(domain)} }) on its classes, or name another domain.`
        : `Did you mean ${nearest}?`,
  });
}
