import { defineBroker, type BrokerLink, type EventBrokerSettings } from '../../../src/factories/brokers/index.js';
import type { SectionTarget } from '../../../src/runtime/index.js';

/** A broker whose client does what a test says, and nothing where it says nothing. */
export function pretendBroker<S extends EventBrokerSettings>(from: SectionTarget<S>, does: Partial<BrokerLink> = {}) {
  const nothing = async (): Promise<void> => Promise.resolve();
  const link: BrokerLink = {
    publish: nothing,
    consume: async () => Promise.resolve({ stop: nothing }),
    verify: async () => Promise.resolve([]),
    probe: nothing,
    close: nothing,
    ...does,
  };
  return { link, definition: defineBroker<S>({ name: 'events', from, connect: () => link, random: () => 1 }) };
}
