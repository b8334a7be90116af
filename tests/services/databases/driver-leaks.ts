import { inspect } from 'node:util';
import { leaksIn } from '../../stories/leaks/canary.js';
import { channels, type Channel } from '../../stories/leaks/channels.js';

const options = {
  depth: Infinity,
  showHidden: true,
  getters: true,
  maxArrayLength: null,
  maxStringLength: null,
} as const;

const shown: Readonly<Record<string, Channel>> = {
  'util.inspect at any depth': (value) => inspect(value, options),
  'util.inspect without custom inspection': (value) => inspect(value, { ...options, customInspect: false }),
  'the cause of an error': (value) => inspect(new Error('failed', { cause: value }), options),
};

/** Those that come to an end with objects which hold sockets, and hold each other. */
const shared = [
  'console.log, dir and table',
  'util.format',
  'JSON.stringify',
  'text, template and concatenation',
  'structuredClone',
  'v8.serialize',
  'pino',
  'winston',
] as const;

/** Sends what a driver has made or thrown through the channels of the leak matrix; names where the canary came out. */
export async function driverLeaks(artefacts: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const found: string[] = [];
  const all = [...Object.entries(shown), ...shared.map((name) => [name, channels[name]] as const)];
  for (const [what, value] of Object.entries(artefacts)) {
    for (const [name, channel] of all) {
      if (channel === undefined) throw new Error(`there is no channel ${name}`);
      if (leaksIn(await channel(value)).length > 0) found.push(`${what} through ${name}`);
    }
  }
  return found;
}
