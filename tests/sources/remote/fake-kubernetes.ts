import { kubernetesSource, type KubernetesSourceOptions } from '../../../src/sources/remote/kubernetes/index.js';
import type { CloudKind, CloudState } from './cloud-world.js';

export const SERVICE_ACCOUNT_TOKEN = 'canary-service-account-eyJhbGciOi';

const PATH = '/api/v1/namespaces/shop/configmaps';

/** Of the cluster as a whole: other objects change, too. */
const versionOf = ({ version }: CloudState): string => String(7_000 + version * 10);

/** One ConfigMap as the API server of Kubernetes 1.31 answers. */
export const fakeKubernetes: CloudKind = {
  reply: ({ path, query, headers }, state) => {
    if (headers.authorization !== `Bearer ${SERVICE_ACCOUNT_TOKEN}`) return status(401, 'Unauthorized');
    if (path !== PATH) return status(403, 'Forbidden');
    const isAsked = (query.get('fieldSelector') ?? 'metadata.name=orders') === 'metadata.name=orders';
    return {
      body: {
        kind: 'ConfigMapList',
        apiVersion: 'v1',
        metadata: { resourceVersion: versionOf(state) },
        items: isAsked && state.document !== undefined ? [objectOf(state)] : [],
      },
    };
  },
  stream: ({ query, headers }, response, cloud) => {
    if (query.get('watch') === null || headers.authorization !== `Bearer ${SERVICE_ACCOUNT_TOKEN}`) return false;
    response.writeHead(200, { 'content-type': 'application/json' });
    const send = (type: string, object: unknown): void => {
      response.write(`${JSON.stringify({ type, object })}\n`);
    };
    const notify = (state: CloudState): void => {
      send(state.document === undefined ? 'DELETED' : 'MODIFIED', objectOf(state));
    };
    if (Number(query.get('resourceVersion')) < Number(versionOf(cloud.state))) notify(cloud.state);
    if (query.get('allowWatchBookmarks') === 'true') {
      const bookmark = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: versionOf(cloud.state) } };
      send('BOOKMARK', bookmark);
    }
    response.on('close', cloud.listen(notify));
    return true;
  },
  source: (port) => kubernetesOn(port),
};

export function kubernetesOn(
  port: number,
  more: Partial<KubernetesSourceOptions> = {},
): ReturnType<typeof kubernetesSource> {
  return kubernetesSource({
    address: `http://127.0.0.1:${String(port)}`,
    token: () => SERVICE_ACCOUNT_TOKEN,
    namespace: 'shop',
    ...(more.secret === undefined && { configMap: 'orders' }),
    jitter: '10ms',
    ...more,
  });
}

export function status(code: number, reason: string): { readonly status: number; readonly body: object } {
  const message = `${reason}: a message of the server with ${SERVICE_ACCOUNT_TOKEN}`;
  return { status: code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code } };
}

function objectOf(state: CloudState): object {
  return {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'orders', namespace: 'shop', uid: 'b1', resourceVersion: versionOf(state) },
    data: dataOf(state.document ?? {}),
  };
}

/** Settings as single keys, for which a ConfigMap has dots. */
export function dataOf(document: Readonly<Record<string, unknown>>, before = ''): Record<string, string> {
  const data: Record<string, string> = {};
  for (const [key, value] of Object.entries(document)) {
    if (typeof value === 'object' && value !== null) {
      // A map below a key.
      Object.assign(data, dataOf(value as Readonly<Record<string, unknown>>, `${before}${key}.`));
    } else if (value !== undefined) data[`${before}${key}`] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return data;
}
