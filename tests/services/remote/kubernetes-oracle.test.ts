import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CoreV1Api, KubeConfig, Watch } from '@kubernetes/client-node';
import { Cloud } from '../../sources/remote/cloud-world.js';
import { fakeKubernetes, kubernetesOn, SERVICE_ACCOUNT_TOKEN } from '../../sources/remote/fake-kubernetes.js';
import { layerIn } from '../../sources/remote/layer-in.js';

let cloud: Cloud;
let config: KubeConfig;

beforeAll(async () => {
  cloud = await Cloud.open(fakeKubernetes, { contract: { first: 'a1' } });
  config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'fake', server: `http://127.0.0.1:${String(cloud.port)}`, skipTLSVerify: true }],
    users: [{ name: 'orders', token: SERVICE_ACCOUNT_TOKEN }],
    contexts: [{ name: 'fake', cluster: 'fake', user: 'orders' }],
    currentContext: 'fake',
  });
});

afterAll(async () => cloud.close());

// The client of the Kubernetes project proves that the fake speaks as a cluster does.
describe('the fake of Kubernetes, by @kubernetes/client-node,', () => {
  it('lists the ConfigMap that the source reads', async () => {
    const fieldSelector = 'metadata.name=orders';
    const { items, metadata } = await config
      .makeApiClient(CoreV1Api)
      .listNamespacedConfigMap({ namespace: 'shop', fieldSelector });
    expect(items[0]?.data).toEqual({ 'contract.first': 'a1' });
    expect([items[0]?.metadata?.resourceVersion, metadata?.resourceVersion]).toEqual(['7010', '7010']);
    expect((await layerIn(kubernetesOn(cloud.port))).tree).toEqual({ contract: { first: 'a1' } });
    const [client, own] = cloud.requests;
    expect([own?.path, own?.query.get('fieldSelector')]).toEqual([client?.path, client?.query.get('fieldSelector')]);
  });

  it('is watched as the source watches it', async () => {
    const seen: unknown[] = [];
    const changed = new Promise<void>((resolve, reject) => {
      const query = { resourceVersion: '7010', fieldSelector: 'metadata.name=orders', allowWatchBookmarks: true };
      void new Watch(config)
        .watch(
          '/api/v1/namespaces/shop/configmaps',
          query,
          (type, object: { metadata: { resourceVersion: string } }) => {
            seen.push([type, object.metadata.resourceVersion]);
            if (type === 'BOOKMARK') cloud.set({ contract: { first: 'b1' } });
            else resolve();
          },
          reject,
        )
        .catch(reject);
    });
    await changed;
    expect(seen).toEqual([
      ['BOOKMARK', '7010'],
      ['MODIFIED', '7020'],
    ]);
  });
});
