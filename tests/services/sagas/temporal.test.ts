import { describe, expect, it } from '@jest/globals';
import type { ClientOptions, ConnectionOptions, WorkflowOptions } from '@temporalio/client';
import type { RetryPolicy } from '@temporalio/common';
import { TemporalSettings, toTemporalOptions } from '../../../src/factories/sagas/temporal/index.js';
import { optionsOf } from '../options-of.js';

/** What `proxyActivities` takes of these. Its own type is that of `@temporalio/workflow`, which needs a worker. */
interface Activity {
  startToCloseTimeout?: NonNullable<WorkflowOptions['startDelay']>;
  retry?: RetryPolicy;
}

const from = async (values: object, saga = 'order', retry?: string) =>
  optionsOf(TemporalSettings, (settings, secrets) => toTemporalOptions(settings, secrets, saga, retry), values);

describe('options for Temporal', () => {
  it('are what its packages take, in milliseconds, with what is set for a saga over what is set for all', async () => {
    const values = {
      apiKey: 'hunter2',
      tls: { mode: 'verify-full', ca: 'CA', cert: 'CERT', key: 'KEY', servername: 'temporal' },
      default: { timeout: '2h', retry: { maxAttempts: 3 }, retries: { payments: { maxAttempts: 9 } } },
      named: { order: { stepTimeout: '5s', compensationRetry: { minDelay: '1s', maxDelay: '500ms' } } },
    };
    const options = await from(values, 'order', 'payments');
    // Those of the packages themselves.
    const connection: ConnectionOptions = options.connection;
    const client: ClientOptions = options.client;
    const workflow: WorkflowOptions = { ...options.workflow, workflowId: 'order:1' };
    const activity: Activity = options.activity;
    const compensation: Activity = options.compensation;
    const nonRetryableErrorTypes = ['NonRetryableError'];
    expect({ client, workflow, activity, compensation }).toEqual({
      client: { namespace: 'default' },
      workflow: { taskQueue: 'sagas', workflowExecutionTimeout: 7_200_000, workflowId: 'order:1' },
      activity: {
        startToCloseTimeout: 5_000,
        retry: {
          maximumAttempts: 9,
          initialInterval: 100,
          maximumInterval: 30_000,
          backoffCoefficient: 2,
          nonRetryableErrorTypes,
        },
      },
      compensation: {
        startToCloseTimeout: 5_000,
        retry: {
          maximumAttempts: 20,
          initialInterval: 1_000,
          maximumInterval: 1_000,
          backoffCoefficient: 2,
          nonRetryableErrorTypes,
        },
      },
    });
    expect(connection).toMatchObject({
      address: 'localhost:7233',
      tls: {
        serverRootCACertificate: Buffer.from('CA'),
        clientCertPair: { crt: Buffer.from('CERT'), key: Buffer.from('KEY') },
        serverNameOverride: 'temporal',
      },
    });
    const { apiKey } = connection;
    expect(typeof apiKey === 'function' && apiKey()).toBe('hunter2');
  });

  it('are refused where Temporal has none: it always verifies the server', async () => {
    await expect(from({ tls: { mode: 'require' } })).rejects.toThrow(/Temporal always verifies the server/);
    expect((await from({})).connection).toEqual({ address: 'localhost:7233' });
  });
});
