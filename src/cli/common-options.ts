import type { CommandOptions } from './command.js';

export const EVERYWHERE = {
  cwd: { type: 'string', value: 'folder', description: 'work in this folder instead of the working directory' },
  help: { type: 'boolean', short: 'h', description: 'show this page' },
} as const satisfies CommandOptions;

/**
 * The forms a command writes in, the first one being its default. Where JSON is one of them, `--json` asks for it too, and
 * `args.flag('json')` says whether it was asked for, in one way or the other.
 */
export function formats(choices: readonly string[], description = `default: ${choices[0] ?? ''}`): CommandOptions {
  return {
    format: { type: 'string', choices, description },
    json: { type: 'boolean', description: 'the same as --format json' },
  };
}

export const CONFIG_FILE = {
  config: {
    type: 'string',
    value: 'file',
    short: 'c',
    description: 'the configuration file; default: uno.config.ts, .mts, .js or .mjs in the working directory',
  },
  workspace: {
    type: 'string',
    value: 'name',
    description: 'one of the workspaces that the configuration file lists; default: all of them, one after the other',
  },
} as const satisfies CommandOptions;

export const SELECTORS = {
  env: {
    type: 'string',
    value: 'name',
    short: 'e',
    description: 'development, test, production, or one that the configuration file declares',
  },
  region: { type: 'string', value: 'name', description: 'the region, such as eu-west-1; default: UNO_REGION' },
  zone: { type: 'string', value: 'name', description: 'the zone, such as eu-west-1a; default: UNO_ZONE' },
  deployment: { type: 'string', value: 'name', description: 'the deployment, such as green; default: UNO_DEPLOYMENT' },
  cohort: {
    type: 'string',
    value: 'name',
    description: 'the cohort, such as canary, or none; default: UNO_COHORT, or as $cohorts says',
  },
  instance: {
    type: 'string',
    value: 'id',
    description: 'the instance that percentages are drawn by; default: UNO_INSTANCE, or as the platform says',
  },
  set: {
    type: 'string',
    value: 'name=value',
    description: 'a value for a parameter that a file declares with $params; may be written several times',
  },
} as const satisfies CommandOptions;
