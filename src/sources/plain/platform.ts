import { hostname } from 'node:os';
import type { SelectorName } from '../../core/index.js';

/** What a process may find out about itself besides the environment. */
type Detected = SelectorName | 'instance';

/**
 * The variables that describe where a process runs, ours first, then those that platforms set: AWS, Azure, Cloud Foundry,
 * Cloudflare, Fly.io, Heroku, Nomad, Railway, Render, Vercel; `HOSTNAME` is the pod in Kubernetes, the container in Docker.
 */
export const SELECTOR_VARIABLES: Readonly<Record<Detected, readonly string[]>> = {
  region: [
    'UNO_REGION',
    'AWS_REGION',
    'CLOUDFLARE_REGION',
    'FLY_REGION',
    'NOMAD_REGION',
    'RAILWAY_REPLICA_REGION',
    'VERCEL_REGION',
  ],
  zone: ['UNO_ZONE', 'NOMAD_DC'],
  deployment: ['UNO_DEPLOYMENT'],
  cohort: ['UNO_COHORT'],
  instance: [
    'UNO_INSTANCE',
    'AWS_LAMBDA_LOG_STREAM_NAME',
    'CONTAINER_APP_REPLICA_NAME',
    'WEBSITE_INSTANCE_ID',
    'CF_INSTANCE_GUID',
    'CLOUDFLARE_DURABLE_OBJECT_ID',
    'FLY_MACHINE_ID',
    'DYNO',
    'NOMAD_ALLOC_ID',
    'RAILWAY_REPLICA_ID',
    'RENDER_INSTANCE_ID',
    'HOSTNAME',
  ],
};

/**
 * Where this process runs, according to its variables: for each selector the first one that is set and not blank.
 *
 * @param isOwn true for the process's own variables: without one for the instance, the host name identifies it
 */
export function detectSelectors(
  env: Readonly<Record<string, string | undefined>>,
  isOwn: boolean,
): Readonly<Partial<Record<Detected, string>>> {
  const found: Partial<Record<Detected, string>> = {};
  for (const [name, variables] of Object.entries(SELECTOR_VARIABLES)) {
    const set = variables.find((variable) => (env[variable]?.trim() ?? '') !== '');
    // The keys of the table are those of the answer.
    if (set !== undefined) found[name as Detected] = env[set]?.trim() ?? '';
  }
  const machine = isOwn && found.instance === undefined ? machineName() : undefined;
  return { ...(machine !== undefined && { instance: machine }), ...found };
}

/** On platforms without names all machines are `localhost`: as good as no name. */
function machineName(): string | undefined {
  try {
    const name = hostname();
    return name === '' || name === 'localhost' ? undefined : name;
  } catch {
    // Deno throws without --allow-sys=hostname. The name is a convenience, not a reason to fail at startup.
    return undefined;
  }
}
