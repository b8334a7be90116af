import type { Command } from '../command.js';
import { makeValue, VALUE_EXIT_CODES, VALUE_IN_WORDS, VALUE_OPTIONS } from './value-command.js';

export const sealCommand: Command = {
  name: 'seal',
  summary: 'seal a value for its place; the public half of the keyring is enough',
  words: ['path'],
  single: true,
  surplus: VALUE_IN_WORDS,
  options: VALUE_OPTIONS,
  exitCodes: VALUE_EXIT_CODES,
  run: (args, io) => makeValue(args, io, 'seal'),
};
