import { describe, expect, it } from '@jest/globals';
import { KeyManagementServiceClient } from '@google-cloud/kms';
import { ParameterManagerClient } from '@google-cloud/parametermanager';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { gcpKms } from '../../src/security/providers/index.js';
import { gcpParameters, gcpSecrets } from '../../src/sources/remote/gcp/index.js';
import { caught } from '../sources/caught.js';
import { loadContext } from '../sources/file-fixtures.js';

describe('clients of Google without credentials', () => {
  it('are told as an error, where they would end the process', async () => {
    const escaped: unknown[] = [];
    const note = (reason: unknown): number => escaped.push(reason);
    process.on('unhandledRejection', note);
    const none = { keyFilename: '/no/credentials.json' };
    const sources = [
      gcpSecrets({ project: 'shop', secret: 'orders', client: new SecretManagerServiceClient(none) }),
      gcpParameters({ project: 'shop', parameter: 'orders', client: new ParameterManagerClient(none) }),
    ];
    const key = 'projects/p/locations/l/keyRings/r/cryptoKeys/k';
    const provider = gcpKms({ client: new KeyManagementServiceClient(none), key });
    const errors = [
      ...(await Promise.all(sources.map(async (source) => caught(() => source.load(loadContext()))))),
      await caught(() => provider.wrapKey(Buffer.alloc(32), {})),
    ];
    // Rejections are told at the end of a turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(escaped).toEqual([]);
    expect(errors.map(({ message }) => message.split('\n')[0])).toEqual([
      'gcp secret orders refuses the connection: there are no credentials that it accepts (UNAUTHENTICATED).',
      'gcp parameter orders refuses the connection: there are no credentials that it accepts (UNAUTHENTICATED).',
      'gcp-kms refuses to wrap a key: UNAUTHENTICATED.',
    ]);
  });
});
