import { join } from 'node:path';
import { Container } from 'inversify';
import { describe, expect, it } from '@jest/globals';
import { flagRequests, flagsIdentifier, type FlagExposure } from '../../../src/flags/index.js';
import { ConfigPlugin } from '../../../src/index.js';
import { defineTenants, TenantContainers, tenantFolder } from '../../../src/tenants/index.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';
import { CheckoutFlags, flagsOf, onOff } from './flag-world.js';

const buttons = {
  variants: { big: 'BUY', small: 'buy' },
  targeting: {
    fractional: [
      ['big', 50],
      ['small', 50],
    ],
  },
};

const read = ({ headline }: CheckoutFlags) => headline;

describe('exposures', () => {
  it('are reported once for each flag, variant and targeting key, without the context', async () => {
    const seen: FlagExposure[] = [];
    const { flags } = await flagsOf(
      { flags: { button: buttons, 'new-checkout': onOff } },
      { exposures: { to: (exposure) => seen.push(exposure), context: ['country', 'cart'] } },
    );
    const context = { targetingKey: 'user 1', country: 'DE', email: 'a@b.example', cart: { total: 5 } };
    for (let times = 0; times < 3; times++) read(flags.of(CheckoutFlags, context));
    read(flags.of(CheckoutFlags, { country: 'DE' }));
    expect(seen).toEqual([
      {
        flag: 'button',
        variant: expect.stringMatching(/big|small/),
        reason: 'TARGETING_MATCH',
        targetingKey: 'user 1',
        time: 1_700_000_000_000,
        context: { country: 'DE' },
      },
    ]);
  });

  it('are a sample of the same keys each time, and forget the oldest', async () => {
    const sample = async (remember: number) => {
      const seen: string[] = [];
      const { flags } = await flagsOf(
        { flags: { button: buttons } },
        { exposures: { to: ({ targetingKey }) => seen.push(targetingKey), sample: 0.5, remember } },
      );
      for (let id = 0; id < 200; id++) flags.evaluate('button', '', { targetingKey: `user ${String(id)}` });
      flags.evaluate('button', '', { targetingKey: seen[0] });
      return seen;
    };
    const [all, few] = [await sample(10_000), await sample(5)];
    expect([all.length > 70, all.length < 130]).toEqual([true, true]);
    expect(few).toEqual([...all, all[0]]);
  });

  it('do not stop the program when what takes them throws', async () => {
    const to = () => {
      throw new Error('the queue of a@b.example is full');
    };
    const { flags, logger } = await flagsOf({ flags: { button: buttons } }, { exposures: { to } });
    expect(flags.evaluate('button', '', { targetingKey: 'x' }).variant).toMatch(/big|small/);
    expect(logger.of('config.flags.exposure-failed')[0]?.message).toBe(
      'Reporting an exposure of the flag "button" failed: it threw Error.',
    );
  });
});

describe('tenants', () => {
  const targeting = { if: [{ '==': [{ var: 'tenant.plan' }, 'gold'] }, 'on'] };
  const documents: Record<string, object> = {
    acme: { $tenant: { plan: 'gold' } },
    zenith: {},
    early: { features: { flags: { 'new-checkout': { forced: 'on' } } } },
  };
  const plans = { name: 'plans', load: () => new Map([['gold', {}]]) };

  async function served() {
    const container = new Container();
    container.register(ConfigPlugin);
    const tenants = defineTenants({ layers: (id) => documents[id], plans, outside: 'base' });
    const made = await flagsOf({ flags: { 'new-checkout': { ...onOff, targeting } } }, {}, { tenants }, container);
    const all = container.get(TenantContainers);
    for (const id of Object.keys(documents)) await all.ready(id);
    return { ...made, container, all };
  }

  it('have flags by what is known of them, and by definitions of their own', async () => {
    const { flags, all, container } = await served();
    const kept = container.get(flagsIdentifier(CheckoutFlags));
    const of = (id: string) => all.run(id, () => [kept.newCheckout, flags.evaluate('new-checkout', false).reason]);
    expect(of('acme')).toEqual([true, 'TARGETING_MATCH']);
    expect(of('zenith')).toEqual([false, 'DEFAULT']);
    expect(of('early')).toEqual([true, 'FORCED']);
    expect(kept.newCheckout).toBe(false);
    await container.unbindAllAsync();
  });

  it('are told where it is written why a flag is what it is for them', async () => {
    const folder = await temporaryFolder({
      'early.yaml': 'features:\n  flags:\n    new-checkout:\n      forced: on\n',
      'zenith.yaml': 'features: {}\n',
    });
    const container = new Container();
    container.register(ConfigPlugin);
    const tenants = defineTenants({ layers: tenantFolder(folder), outside: 'base' });
    const { flags, definition } = await flagsOf({ flags: { 'new-checkout': onOff } }, {}, { tenants }, container);
    const all = container.get(TenantContainers);
    for (const id of all.ids) await all.ready(id);
    const early = `features.flags.new-checkout.forced (${join(folder, 'early.yaml')}:4:15)`;
    const base = 'features.flags.new-checkout.defaultVariant (values)';
    const of = (id: string) => all.run(id, () => flags.explain('new-checkout').origin);
    expect([of('early'), of('zenith'), flags.explain('new-checkout').origin]).toEqual([early, base, base]);
    const lease = await all.for('early');
    expect(lease.container.get(flagsIdentifier(definition)).explain('new-checkout').origin).toBe(early);
    await lease.dispose();
    await container.unbindAllAsync();
  });

  it('see the facts of their tenant in a request that goes from one to the other', async () => {
    const { flags, all, container } = await served();
    const asked = () => flags.evaluate('new-checkout', false).reason;
    const each = flags.run({ country: 'NL' }, () => ['acme', 'zenith', 'acme'].map((id) => all.run(id, asked)));
    expect([...each, flags.run({}, asked)]).toEqual(['TARGETING_MATCH', 'DEFAULT', 'TARGETING_MATCH', 'DEFAULT']);
    await container.unbindAllAsync();
  });

  it('have theirs in containers of their own, and nobody else does', async () => {
    const { all, container } = await served();
    const lease = await all.for('early');
    const own = lease.container.get(flagsIdentifier(CheckoutFlags));
    expect([own.newCheckout, container.get(flagsIdentifier(CheckoutFlags)).newCheckout]).toEqual([true, false]);
    expect(lease.container.get(flagsIdentifier(CheckoutFlags))).toBe(own);
    expect(() => all.run('zenith', () => own.newCheckout)).toThrow('tenant');
    await lease.dispose();
    await container.unbindAllAsync();
  });
});

describe('overrides', () => {
  it('hold for one run, and all that it begins', async () => {
    const { flags } = await flagsOf({ flags: { button: buttons } });
    const run = async () => {
      await Promise.resolve();
      return flags.of(CheckoutFlags).headline;
    };
    expect(await flags.override({ 'new-checkout': true, button: 'Take it' }, run)).toBe('Take it in one step');
    expect(flags.override({ button: 'Take it' }, () => flags.explain('button').decidedBy)).toBe('override');
    expect(flags.evaluate('new-checkout', false).reason).toBe('DEFAULT');
  });

  it('are refused for flags that there are not, for other types, and in production', async () => {
    const { flags } = await flagsOf({ flags: { button: buttons } });
    const refused = (values: Record<string, string | boolean>) => () => flags.override(values, () => 0);
    expect(refused({ buton: 'x' })).toThrow('There is no flag "buton"; did you mean "button"?');
    expect(refused({ button: true })).toThrow(
      'The flag "button" is a string, and was to be overridden with a boolean.',
    );
    const live = await flagsOf({}, {}, { environment: 'production' });
    expect(() => live.flags.override({ button: 'x' }, () => 0)).toThrow('Flags are not overridden in production.');
  });
});

describe('requests', () => {
  const given = {
    context: ({ headers }: { headers: Record<string, string> }) => ({ targetingKey: headers['x-user'] }),
    overrides: 'X-Flags',
  };

  it('run in their context, with the overrides of a developer', async () => {
    const { flags } = await flagsOf({ flags: { button: buttons } });
    const enter = flagRequests(flags, given);
    const answers: unknown[] = [];
    const ask = (headers: Record<string, string>) => {
      enter({ headers }, undefined, (error) => answers.push(error?.message ?? flags.of(CheckoutFlags).headline));
    };
    ask({ 'x-user': 'user 1' });
    ask({ 'x-user': 'user 1', 'x-flags': 'new-checkout=true, button="Now, or"' });
    ask({ 'x-flags': 'new-checkout=true,button=Now' });
    ask({ 'x-flags': 'new-checkout=maybe' });
    expect(answers).toEqual([
      expect.stringMatching(/^buy$/i),
      expect.stringContaining('in one step'),
      'Now in one step',
      expect.stringContaining('The flag "new-checkout" is a boolean'),
    ]);
  });

  it('cannot override anything in production', async () => {
    const { flags } = await flagsOf({}, {}, { environment: 'production' });
    let headline = '';
    flagRequests(flags, given)({ headers: { 'x-flags': 'new-checkout=true' } }, undefined, () => {
      ({ headline } = flags.of(CheckoutFlags));
    });
    expect(headline).toBe('Buy');
  });

  it('leave errors of what follows to whoever called', async () => {
    const { flags } = await flagsOf({});
    const enter = flagRequests(flags, given);
    for (const headers of [{}, { 'x-flags': 'new-checkout=true' }]) {
      expect(() => {
        enter({ headers }, undefined, (error) => {
          throw new Error(`of the route ${String(error)}`);
        });
      }).toThrow('of the route undefined');
    }
  });
});

describe('the list of flags', () => {
  it('says what is to be cleaned up, and how often each was asked for', async () => {
    const { flags, clock, logger } = await flagsOf({ flags: { 'new-checkout': onOff, old: onOff, button: buttons } });
    read(flags.of(CheckoutFlags));
    flags.evaluate('buton', '');
    flags.evaluate('buton', '');
    const findings = () => flags.list().map(({ key, findings: found, asked }) => [key, [...found], asked]);
    expect(findings()).toEqual([
      ['buton', ['undefined'], 2],
      ['button', ['unending'], 1],
      ['new-checkout', ['settled'], 1],
      ['old', ['undeclared'], 0],
    ]);
    expect(logger.of('config.flags.unknown').map(({ message }) => message)).toEqual([
      'There is no flag "buton"; did you mean "button"?',
    ]);
    clock.advance(Date.parse('2027-04-01') - clock.now());
    expect(findings()[2]).toEqual(['new-checkout', ['expired', 'settled'], 1]);
  });
});
