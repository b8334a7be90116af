import type { Command } from '../command.js';
import { makeValue, VALUE_EXIT_CODES, VALUE_IN_WORDS, VALUE_OPTIONS } from './value-command.js';

export const encryptCommand: Command = {
  name: 'encrypt',
  summary: 'encrypt a value for its place; it is asked for, or read from the input, never a word of the command line',
  words: ['path'],
  single: true,
  surplus: VALUE_IN_WORDS,
  options: VALUE_OPTIONS,
  exitCodes: VALUE_EXIT_CODES,
  run: (args, io) => makeValue(args, io, 'encrypt'),
};
