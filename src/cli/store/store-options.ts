import { formats, CONFIG_FILE } from '../common-options.js';
import type { CommandOptions } from '../command.js';

export const STORE_OPTIONS: CommandOptions = {
  store: {
    type: 'string',
    value: 'name',
    description: 'the store, such as "postgres orders"; default: the only one of the configuration file',
  },
  ...formats(['text', 'json']),
  ...CONFIG_FILE,
};

export const PUBLISH_OPTIONS: CommandOptions = {
  'dry-run': { type: 'boolean', description: 'check it and show what differs, and publish nothing' },
  comment: { type: 'string', value: 'text', description: 'why; kept in the history' },
  author: { type: 'string', value: 'name', description: 'who; default: the user of this machine' },
  'plain-secrets': { type: 'boolean', description: 'let secrets into the store that are not encrypted' },
};

export const PUBLISH_EXIT_CODES: readonly string[] = [
  '0  published, or there was nothing to publish',
  '1  the settings would not be valid, or the store was written since; nothing is published',
  '2  the command line cannot be understood, or the store cannot be reached',
];
