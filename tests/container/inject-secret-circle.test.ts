// The settings name their reader, and the reader takes the settings: each file imports the other.
import { afterEach, describe, expect, it, jest } from '@jest/globals';

const files = {
  settings: async () => import('./circle/payment-settings.js'),
  client: async () => import('./circle/payment-client.js'),
};

/** Runs the two files anew, in the given order, and uses the secret. */
async function usedAfter(first: keyof typeof files): Promise<string> {
  await files[first]();
  const [{ PaymentSettings }, { PaymentClient }] = [await files.settings(), await files.client()];
  const { Container } = await import('inversify');
  const { ConfigModule } = await import('../../src/container/index.js');
  const source = { load: () => ({ payment: { apiKey: 'k' } }) };
  const container = new Container();
  container.bind(PaymentClient).toSelf();
  await container.loadAsync(
    ConfigModule.fromOptions({ sections: [PaymentSettings], sources: [source], env: {}, environment: 'test' }),
  );
  return container.get(PaymentClient).apiKey.use((key) => key);
}

describe('InjectSecret in a circle', () => {
  afterEach(() => {
    jest.resetModules();
  });

  it('works when the settings are imported first', async () => {
    expect(await usedAfter('settings')).toBe('k');
  });

  it('works when the consumer is imported first', async () => {
    expect(await usedAfter('client')).toBe('k');
  });
});
