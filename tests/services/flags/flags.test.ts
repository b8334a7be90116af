import { injectable } from 'inversify';
import { describe, expect, it } from '@jest/globals';
import { defineFlags, Flag, flagIdentifier, flagsIdentifier, FlagSettings, InjectFlag, InjectFlags, type FlagHandle, type FlagsOptions } from '../../../src/flags/index.js';
import { ConfigSection } from '../../../src/index.js';
import { world } from '../../factories/resources/world.js';

@ConfigSection('features')
class Features extends FlagSettings {}

class CheckoutFlags {
  @Flag({ key: 'new-checkout', default: false, owner: 'checkout', expires: '2027-03-31' })
  public readonly newCheckout!: boolean;

  @Flag({ key: 'button', default: 'Buy', kind: 'experiment' })
  public readonly button!: string;

  public get headline(): string {
    return this.newCheckout ? `${this.button} in one step` : this.button;
  }
}

const driver = async () => import('@openfeature/flagd-core');

async function flagsOf(features: object, options: Partial<FlagsOptions> = {}) {
  const definition = defineFlags({ from: Features, flags: [CheckoutFlags], driver, ...options });
  const made = await world({ sections: [Features], resources: [definition] }, { features });
  return { ...made, definition, flags: made.container.get(flagsIdentifier(definition)) };
}

const onOff = { variants: { on: true, off: false }, defaultVariant: 'off' };
const abroad = { if: [{ '!=': [{ var: 'country' }, 'DE'] }, 'on', { starts_with: [{ var: 'plan' }, 'x'] }, 'on'] };

describe('flags', () => {
  it('are read from a class in the context of the request', async () => {
    @injectable()
    class Checkout {
      public constructor(
        @InjectFlags(CheckoutFlags) public readonly flags: CheckoutFlags,
        @InjectFlag('button') public readonly button: FlagHandle<string>,
      ) {}
    }
    const { container, flags, edit } = await flagsOf({ flags: { 'new-checkout': { ...onOff, targeting: abroad } } });
    container.bind(Checkout).toSelf();
    const checkout = container.get(Checkout);
    expect(checkout.flags.newCheckout).toBe(false === (undefined as never) ? false : true);
    expect(flags.run({ country: 'DE' }, () => checkout.flags.headline)).toBe('Buy');
    expect(flags.run({ country: 'FR' }, () => checkout.flags.headline)).toBe('Buy in one step');
    console.log(flags.explain('new-checkout', { country: 'DE' }).toString());
    console.log(flags.list());
    const r = await edit({ features: { flags: { 'new-checkout': { ...onOff, forced: 'off', targeting: abroad } } } });
    expect(r.status).toBe('committed');
    expect(flags.run({ country: 'FR' }, () => checkout.flags.headline)).toBe('Buy');
    expect(container.get(flagIdentifier(CheckoutFlags, 'newCheckout')).evaluate()).toEqual({});
  });
});
