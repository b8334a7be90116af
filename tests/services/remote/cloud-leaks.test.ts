import { describe, expect, it } from '@jest/globals';
import { Container } from 'inversify';
import { ConfigModule, ConfigSection, ConfigStore, ReloadService, Secure, SecureValue } from '../../../src/index.js';
import { configHealth } from '../../../src/observability.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { RecordingLogger } from '../../runtime/loading.js';
import { Cloud, type CloudKind } from '../../sources/remote/cloud-world.js';
import { fakeKubernetes } from '../../sources/remote/fake-kubernetes.js';
import { fakeVault, vaultOn } from '../../sources/remote/fake-vault.js';
import { channels } from '../../stories/leaks/channels.js';
import { appConfigOn, FakeAppConfig, fakeParameters, fakeSecrets, parametersOn, secretOn } from './fake-aws.js';
import { fakeKeyVault, fakeStore, storeOn, vaultSecretsOn } from './fake-azure.js';
import { fakeParameterManager, fakeSecretManager, parameterOn, secretOn as gcpSecretOn } from './fake-gcp.js';

const SECRET = 'canary-password-Kx93mWp5';

@ConfigSection('contract')
class PaymentSettings {
  @Secure({ optional: true }) readonly password?: SecureValue<string>;
}

const clouds: readonly (readonly [string, CloudKind, CloudKind['source']])[] = [
  ['vaultSource', fakeVault, (port) => vaultOn(port)],
  ['kubernetesSource', fakeKubernetes, fakeKubernetes.source],
  ['awsParameters', fakeParameters, (port) => parametersOn(port)],
  ['awsSecrets', fakeSecrets, (port) => secretOn(port)],
  ['awsAppConfig', new FakeAppConfig(), (port) => appConfigOn(port)],
  ['azureAppConfiguration', fakeStore, (port) => storeOn(port)],
  ['azureSecrets', fakeKeyVault, (port) => vaultSecretsOn(port, { secrets: ['contract--password'] })],
  ['gcpSecrets', fakeSecretManager, (port) => gcpSecretOn(port)],
  ['gcpParameters', fakeParameterManager, (port) => parameterOn(port)],
];

/** Everything that a program has in its hands while a source works, is refused, cut, garbled, and works again. */
async function artefacts(kind: CloudKind, sourceOf: CloudKind['source']): Promise<Readonly<Record<string, unknown>>> {
  const cloud = await Cloud.open(kind, { contract: { password: SECRET } });
  const [logger, clock, container, source] = [
    new RecordingLogger(),
    new FakeClock(),
    new Container(),
    sourceOf(cloud.port),
  ];
  await container.loadAsync(
    ConfigModule.fromOptions({
      sections: [PaymentSettings],
      sources: [source],
      env: {},
      environment: 'test',
      logger,
      clock,
    }),
  );
  const reloads = container.get(ReloadService);
  const outcomes: unknown[] = [];
  for (const status of [401, 403, 429, 500, 400]) {
    cloud.override = () => ({
      status,
      body: { errors: [SECRET], error: { code: 'X', message: SECRET }, message: SECRET },
    });
    outcomes.push(await reloads.reload(`status ${String(status)}`));
  }
  cloud.override = undefined;
  for (const fault of ['cut', 'garble'] as const) {
    cloud.fault = fault;
    outcomes.push(await reloads.reload(fault));
  }
  cloud.heal();
  cloud.set({ contract: { password: `${SECRET}-2` } });
  clock.advance(600_000);
  outcomes.push(await reloads.reload('healed'));
  const store = container.get(ConfigStore);
  // It is there to be found, and works again.
  expect(store.current.get(PaymentSettings).password?.use((text) => text)).toBe(`${SECRET}-2`);
  const held = {
    source,
    outcomes,
    settings: container.get(PaymentSettings),
    log: logger.records,
    explanation: store.explain('contract.password'),
    generation: store.current,
    status: reloads.status(),
    health: configHealth(reloads),
  };
  await container.unbindAllAsync();
  await cloud.close();
  return held;
}

describe('what a program may print of a source over a cloud', () => {
  it.each(clouds)('%s: neither a credential nor a secret', async (_, kind, sourceOf) => {
    const leaks: string[] = [];
    for (const [name, artefact] of Object.entries(await artefacts(kind, sourceOf))) {
      for (const [way, channel] of Object.entries(channels)) {
        // It would call the methods of a source.
        if (name === 'source' && way === 'class-transformer instanceToPlain') continue;
        const text = await channel(artefact);
        if (/canary|Y2FuYXJ5/.test(text)) leaks.push(`${name} by ${way}`);
      }
    }
    expect(leaks).toEqual([]);
  });
});
