import type { CommandOptions } from './command.js';

/** What every command takes. */
export const EVERYWHERE = {
  cwd: { type: 'string', value: 'folder', description: 'work in this folder instead of the working directory' },
  help: { type: 'boolean', short: 'h', description: 'show this page' },
} as const satisfies CommandOptions;

/** What commands take that load the user's configuration file. */
export const CONFIG_FILE = {
  config: {
    type: 'string',
    value: 'file',
    short: 'c',
    description: 'the configuration file; default: uno.config.ts, .mts, .js or .mjs in the working directory',
  },
} as const satisfies CommandOptions;

/** What commands take that load settings. */
export const SELECTORS = {
  env: {
    type: 'string',
    value: 'name',
    short: 'e',
    description: 'development, test, production, or one that the configuration file declares',
  },
  region: { type: 'string', value: 'name', description: 'the region, such as eu-west-1; default: UNO_REGION' },
  deployment: { type: 'string', value: 'name', description: 'the deployment, such as canary; default: UNO_DEPLOYMENT' },
} as const satisfies CommandOptions;
