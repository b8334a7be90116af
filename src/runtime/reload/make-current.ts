import { kindOfThrown, type ConfigLogger } from '../../core/index.js';
import type { ConfigStore, Pair } from '../generation/index.js';

/** What becomes current, without resources with those of before, and what happens in that moment. */
interface Commit extends Partial<Pair> {
  readonly generation: Pair['generation'];
  /** Called when all has moved, before any listener; must not throw. */
  readonly moved: () => void;
  readonly logger: ConfigLogger;
  /** The tenant whose settings move; none for the service's own. */
  readonly tenant?: string;
}

/**
 * The one place where settings become current: a service's, by its transaction, and a tenant's. What listeners throw may
 * quote settings, so only its kind is logged; the commit is kept.
 */
export function makeCurrent(store: ConfigStore, { generation, resources, moved, logger, tenant }: Commit): void {
  const whose = tenant === undefined ? '' : ` of tenant ${tenant}`;
  for (const failure of store.commit(generation, resources, moved)) {
    const kind = kindOfThrown(failure);
    logger.log({
      level: 'error',
      event: 'config.listener.failed',
      message: `A listener of the commit${whose} failed; the commit is kept: it threw ${kind}.`,
      fields: { kind, ...(tenant !== undefined && { tenant }) },
    });
  }
}
