import { OpenFeature, OpenFeatureEventEmitter, ProviderEvents, type Provider } from '@openfeature/server-sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import {
  defineFlags,
  FlagSettings,
  flagsIdentifier,
  openFeatureProvider,
  type Flags,
} from '../../../src/flags/index.js';
import { ConfigModule, ReloadService, section } from '../../../src/index.js';
import { flagsOf, onOff } from './flag-world.js';

const features = {
  metadata: { team: 'shop' },
  flags: {
    'new-checkout': { ...onOff, targeting: { if: [{ '==': [{ var: 'country' }, 'NL'] }, 'on'] } },
    rate: { variants: { low: 0.5 }, defaultVariant: 'low', metadata: { ticket: 7 } },
    layout: { variants: { wide: { columns: 3 } }, defaultVariant: 'wide' },
    off: { ...onOff, state: 'DISABLED' },
  },
};

async function client(made: { readonly flags: Flags }) {
  const provider: Provider = openFeatureProvider(made.flags, new OpenFeatureEventEmitter());
  await OpenFeature.setProviderAndWait('shop', provider);
  return OpenFeature.getClient('shop');
}

afterEach(async () => {
  await OpenFeature.close();
});

describe('the OpenFeature provider', () => {
  it('answers the client of the SDK, over the context that the code runs in', async () => {
    const made = await flagsOf(features);
    const asked = await client(made);
    expect(await asked.getBooleanValue('new-checkout', false, { country: 'NL' })).toBe(true);
    expect(await made.flags.run({ country: 'NL' }, async () => asked.getBooleanValue('new-checkout', false))).toBe(
      true,
    );
    expect(await asked.getNumberDetails('rate', 1)).toMatchObject({
      value: 0.5,
      variant: 'low',
      reason: 'STATIC',
      flagMetadata: { team: 'shop', ticket: 7 },
    });
    expect(await asked.getObjectValue('layout', {})).toEqual({ columns: 3 });
    expect(await asked.getBooleanDetails('off', true)).toMatchObject({ value: true, reason: 'DISABLED' });
  });

  it('tells what could not be answered', async () => {
    const asked = await client(await flagsOf(features));
    expect(await asked.getStringDetails('rat', 'x')).toMatchObject({
      value: 'x',
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await asked.getStringDetails('rate', 'x')).toMatchObject({ value: 'x', errorCode: 'TYPE_MISMATCH' });
  });

  it('tells which flags have changed, until it is closed', async () => {
    const made = await flagsOf(features);
    const asked = await client(made);
    const changes: unknown[] = [];
    asked.addHandler(ProviderEvents.ConfigurationChanged, (details) => changes.push(details?.flagsChanged));
    await made.edit({ features: { ...features, flags: { ...features.flags, off: onOff } } });
    await OpenFeature.close();
    await made.edit({ features });
    expect(changes).toEqual([['off']]);
  });

  it('is stale while a source of the flags cannot be read, and ready again after it', async () => {
    let isDown = false;
    const flaky = {
      name: 'flaky',
      load: () => {
        if (isDown) throw new Error('down');
        return { features: { flags: { rate: features.flags.rate } } };
      },
    };
    const from = section(FlagSettings, { path: 'features' });
    const definition = defineFlags({ from });
    const container = new Container();
    const unrelated = { name: 'unrelated', load: () => ({}) };
    await container.loadAsync(
      ConfigModule.fromOptions({ sections: [from], sources: [flaky, unrelated], resources: [definition], env: {} }),
    );
    const made = { flags: container.get(flagsIdentifier(definition)), reloads: container.get(ReloadService) };
    const asked = await client(made);
    const events: string[] = [];
    asked.addHandler(ProviderEvents.Stale, () => events.push('stale'));
    asked.addHandler(ProviderEvents.Ready, () => events.push('ready'));
    events.length = 0;
    isDown = true;
    await made.reloads.reload('look');
    expect([made.flags.state, asked.providerStatus, events]).toEqual(['stale', 'STALE', ['stale']]);
    expect(await asked.getNumberValue('rate', 1)).toBe(0.5);
    isDown = false;
    await made.reloads.reload('look');
    expect([made.flags.state, asked.providerStatus, events]).toEqual(['ready', 'READY', ['stale', 'ready']]);
  });
});
