import { Container } from 'inversify';
import { defineFlags, Flag, flagsIdentifier, FlagSettings, type FlagsOptions } from '../../../src/flags/index.js';
import type { ConfigModuleOptions } from '../../../src/index.js';
import { ConfigSection } from '../../../src/index.js';
import { world } from '../../factories/resources/world.js';

@ConfigSection('features')
class Features extends FlagSettings {}

export class CheckoutFlags {
  @Flag({ key: 'new-checkout', default: false, owner: 'checkout', expires: '2027-03-31' })
  public readonly newCheckout!: boolean;

  @Flag({ key: 'button', default: 'Buy', kind: 'experiment' })
  public readonly button!: string;

  public get headline(): string {
    return this.newCheckout ? `${this.button} in one step` : this.button;
  }
}

export const driver = async () => import('@openfeature/flagd-core');

/** A boolean flag that is off unless something else is said. */
export const onOff = { variants: { on: true, off: false }, defaultVariant: 'off' };

/** Flags in a container over definitions that a test edits. */
export async function flagsOf(
  features: object,
  options: Partial<FlagsOptions> = {},
  module: Partial<ConfigModuleOptions> = {},
  container = new Container(),
) {
  const definition = defineFlags({ from: Features, flags: [CheckoutFlags], driver, ...options });
  const made = await world({ sections: [Features], resources: [definition], ...module }, { features }, container);
  return { ...made, definition, flags: made.container.get(flagsIdentifier(definition)) };
}
