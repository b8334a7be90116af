// A worker without a container: settings for one job, and settings that are kept for a while.
//
//   npm run sample -- standalone-worker
import { IsInt, IsString, Max, Min } from 'class-validator';
import {
  ConfigError,
  ConfigSection,
  Duration,
  getConfig,
  invalidateConfig,
  IsDuration,
  loadSettings,
  object,
  processEnv,
} from 'uno-config/standalone';

@ConfigSection('queue')
class QueueSettings {
  @IsString() public readonly name: string = 'jobs';
  @IsInt() @Min(1) @Max(100) public readonly batchSize: number = 10;
  @IsDuration({ min: '1s' }) public readonly visibility: Duration = Duration.of('30s');
}

// A real worker has process.env here, which is what processEnv reads when it is given nothing.
const env: Record<string, string> = { WORKER_QUEUE__BATCH_SIZE: '25' };
const sources = Object.freeze([object({ queue: { name: 'orders' } }), processEnv({ prefix: 'WORKER_', env })]);

// Once, at the start: what is wrong ends the worker before it takes a job.
const settings = await loadSettings(QueueSettings, { sources, env });
console.log(`Takes ${String(settings.batchSize)} of ${settings.name}, for ${settings.visibility.toString()} each.`);

/** A handler that is called often: all calls share one load, and one instance for a minute. */
async function handle(job: string): Promise<void> {
  const { batchSize } = await getConfig(QueueSettings, { sources, env, ttl: '1m' });
  console.log(`${job}: batches of ${String(batchSize)}`);
}

await Promise.all([handle('job 1'), handle('job 2')]);
env['WORKER_QUEUE__BATCH_SIZE'] = '50';
await handle('job 3');
invalidateConfig(QueueSettings);
await handle('job 4');

env['WORKER_QUEUE__BATCH_SIZE'] = 'many';
env['WORKER_QUEUE__VISIBILITY'] = '100ms';
try {
  await loadSettings(QueueSettings, { sources, env });
} catch (error) {
  if (!ConfigError.is(error)) throw error;
  console.log(`\n${error.message}`);
}

/* prints:
Takes 25 of orders, for 30s each.
job 1: batches of 25
job 2: batches of 25
job 3: batches of 25
job 4: batches of 50

2 settings are not valid (development):
  - queue.batchSize: must be an integer, got "many"
    from WORKER_QUEUE__BATCH_SIZE (environment)
    Write digits as in 1500 or 1_500, without blanks.
  - queue.visibility: must be at least 1s, got 100ms
    from WORKER_QUEUE__VISIBILITY (environment)
*/
