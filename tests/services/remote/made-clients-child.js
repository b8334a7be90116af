// A program that gives the sources of clouds no client: each makes its own from the installed package at its first read.
import { awsAppConfig, awsParameters, awsSecrets } from 'uno-config/sources/aws';
import { azureAppConfiguration, azureSecrets } from 'uno-config/sources/azure';
import { gcpParameters, gcpSecrets } from 'uno-config/sources/gcp';

const [address] = process.argv.slice(2);
const expiresOnTimestamp = Date.now() + 3_600_000;
const credential = { getToken: async () => ({ token: 'canary-token', expiresOnTimestamp }) };
const region = 'eu-west-1';
const sources = {
  awsParameters: awsParameters({ path: '/orders', region }),
  awsSecrets: awsSecrets({ secret: 'orders', region }),
  awsAppConfig: awsAppConfig({ application: 'orders', environment: 'prod', profile: 'settings', region }),
  azureAppConfiguration: azureAppConfiguration({ endpoint: address, keys: 'orders:*', credential }),
  azureSecrets: azureSecrets({ vault: address, secrets: ['orders'], credential }),
  gcpSecrets: gcpSecrets({ project: 'shop', secret: 'orders' }),
  gcpParameters: gcpParameters({ project: 'shop', parameter: 'orders' }),
};
const clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (milliseconds, call) => {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};
const schema = { kind: 'section', keys: new Map(), spellings: new Map(), open: true };
const logger = { log: () => undefined };
const outcomes = {};
for (const [name, source] of Object.entries(sources)) {
  const { signal } = new AbortController();
  outcomes[name] = await source.load({ environment: 'test', schema, signal, logger, settle: 0, clock }).then(
    () => 'read',
    ({ code, message }) => `${code}: ${message.replaceAll('\n', ' ')}`,
  );
}
process.stdout.write(JSON.stringify(outcomes));
process.exit(0);
