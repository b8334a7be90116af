import type { ConfigLayer } from '../../core/index.js';

const standIns = new WeakSet<ConfigLayer>();

/** Notes that these layers stand in for a source that is out of reach. */
export function markStandIn(layers: readonly ConfigLayer[]): void {
  for (const layer of layers) standIns.add(layer);
}

/** True for layers that did not come from the source itself, and that it must not be asked to confirm. */
export function areStandIn(layers: readonly ConfigLayer[]): boolean {
  return layers.some((layer) => standIns.has(layer));
}
