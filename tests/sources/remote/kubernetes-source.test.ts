import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { formatOrigin, isSecureValue, silentLogger, type WatchContext } from '../../../src/core/index.js';
import { sourceContract } from '../../../src/testing/index.js';
import { FakeClock } from '../../runtime/fake-clock.js';
import { caught } from '../caught.js';
import { loadContext, temporaryFolder } from '../file-fixtures.js';
import { Cloud, cloudContract, noticeFaults } from './cloud-world.js';
import { fakeKubernetes, kubernetesOn, SERVICE_ACCOUNT_TOKEN, status } from './fake-kubernetes.js';
import { layerIn } from './layer-in.js';

let cloud: Cloud;

afterEach(async () => {
  await cloud.close();
});

async function open(document: Record<string, unknown> = {}): Promise<Cloud> {
  cloud = await Cloud.open(fakeKubernetes, document);
  return cloud;
}

/** A list with one object, as the server answers it. */
const listOf = (item: object): { body: object } => ({
  body: {
    kind: 'List',
    metadata: { resourceVersion: '90' },
    items: [{ metadata: { resourceVersion: '88' }, ...item }],
  },
});

describe('kubernetesSource, as every source,', () => {
  const cases = sourceContract(cloudContract(fakeKubernetes, {}, noticeFaults));
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await open();
    await expect(one.run()).resolves.toBeUndefined();
  });
});

describe('kubernetesSource', () => {
  it('takes keys that end as files for documents, and all others for single settings', async () => {
    const { port } = await open();
    cloud.override = () =>
      listOf({
        data: { 'app.yaml': 'http:\n  port: 8080\n', 'http.host': 'a.internal\n', database__pool__max: '5' },
        binaryData: { 'blob.key': '/+8=' },
      });
    const layer = await layerIn(kubernetesOn(port));
    expect(layer.tree).toEqual({
      http: { port: 8080, host: 'a.internal' },
      database: { pool: { max: '5' } },
      blob: { key: 'base64:/+8=' },
    });
    expect([layer.locate(['http', 'port']), layer.locate(['http', 'host'])].map(formatOrigin)).toEqual([
      'app.yaml http.port (kubernetes shop/configmap/orders, revision 88)',
      'http.host (kubernetes shop/configmap/orders, revision 88)',
    ]);
  });

  it('gives what a Secret holds as secrets, but for what is named', async () => {
    const { port } = await open();
    const data = {
      user: Buffer.from('orders').toString('base64'),
      password: Buffer.from('hunter2').toString('base64'),
    };
    cloud.override = () => listOf({ type: 'Opaque', data });
    const { tree } = await layerIn(kubernetesOn(port, { secret: 'orders-db', at: 'orders.db', plain: ['**.user'] }));
    const { db } = tree['orders'] as { db: Record<string, unknown> };
    expect([db['user'], isSecureValue(db['password'])]).toEqual(['orders', true]);
    expect(inspect(tree, { depth: 9, showHidden: true })).not.toContain('hunter2');
    expect(cloud.requests[0]?.path).toBe('/api/v1/namespaces/shop/secrets');
    expect(cloud.requests[0]?.query.get('fieldSelector')).toBe('metadata.name=orders-db');
  });

  it('finds the namespace and the token in the pod, and reads the token anew for every request', async () => {
    const { port } = await open({ a: '1' });
    const folder = await temporaryFolder({ token: 'expired\n', namespace: 'shop' });
    const source = kubernetesOn(port, { folder, token: undefined as never, namespace: undefined as never });
    const error = await caught(() => source.load(loadContext()));
    expect([error.code, error.message.split('\n')[0]]).toEqual([
      'source-refused',
      'kubernetes configmap/orders refuses the connection: there are no credentials that it accepts (status 401).',
    ]);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(`${folder}/token`, `${SERVICE_ACCOUNT_TOKEN}\n`);
    expect((await layerIn(source)).tree).toEqual({ a: '1' });
    expect(inspect([source, error], { depth: 9, showHidden: true })).not.toContain('canary-service-account');
  });

  it('names the permission that is missing, and repeats nothing of what the server says', async () => {
    const { port } = await open();
    cloud.override = () => status(403, 'Forbidden');
    const error = await caught(() => kubernetesOn(port).load(loadContext()));
    expect(error.message).toBe(
      'kubernetes shop/configmap/orders refuses the connection: the permission is missing (status 403).\n' +
        'Grant list and watch on configmaps (resourceNames: ["orders"]) in the namespace shop to the identity that the program runs as.',
    );
  });

  it('lists again when the version that it watches from is gone, and goes on from bookmarks', async () => {
    const { port } = await open({ a: '1' });
    const asked: (string | null)[] = [];
    let watches = 0;
    const gone = { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } };
    const bookmark = { type: 'BOOKMARK', object: { kind: 'ConfigMap', metadata: { resourceVersion: '7500' } } };
    const signals = new AbortController();
    const heard: unknown[] = [];
    const ended = new Promise<void>((resolve) => {
      cloud.override = ({ query }) => {
        if (query.get('watch') === null) {
          asked.push('list');
          return undefined;
        }
        asked.push(query.get('resourceVersion'));
        watches++;
        if (watches === 3) resolve();
        return { body: `${JSON.stringify(watches === 1 ? bookmark : gone)}\n` };
      };
    });
    const source = kubernetesOn(port, { jitter: '0ms' });
    const context: WatchContext = {
      environment: 'test',
      signal: signals.signal,
      changed: (revision) => void heard.push(revision),
      pollInterval: 500,
      clock: new FakeClock(),
      logger: silentLogger,
    };
    await source.watch?.(context);
    await ended;
    signals.abort();
    expect(asked).toEqual(['list', '7010', '7500', 'list', '7010']);
    expect(heard).toEqual([7010, 7010]);
  });

  it.each([
    [{}, 'kubernetesSource: give either configMap or secret, the name of one object.'],
    [{ configMap: 'a', secret: 'b' }, 'kubernetesSource: give either configMap or secret, the name of one object.'],
    [{ configMap: 'a/../b' }, 'kubernetesSource: configMap must be the name of an object of Kubernetes; got a string.'],
    [
      { configMap: 'a', address: 'http://10.0.0.1' },
      'kubernetesSource: address must begin with https:// unless it is on this machine.',
    ],
    [
      { configMap: 'a' },
      'kubernetesSource: address must be given outside of a pod, where KUBERNETES_SERVICE_HOST is not set.',
    ],
  ])('refuses %j', async (options, message) => {
    await open();
    const { kubernetesSource } = await import('../../../src/sources/remote/kubernetes/index.js');
    expect(() => kubernetesSource(options)).toThrow(message);
  });
});
