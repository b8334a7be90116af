import { retireKey } from '../../security/index.js';
import type { Command } from '../command.js';
import { CHANGE_EXIT_CODES, CHANGE_OPTIONS, changeKey } from './change-key.js';

export const keysRetireCommand: Command = {
  name: 'keys retire',
  summary: 'keep a key for opening alone, and have every use of it reported',
  words: ['keyring', 'key'],
  moreWords: 'files or folders with values',
  options: CHANGE_OPTIONS,
  exitCodes: CHANGE_EXIT_CODES,
  run: (args, io) => changeKey(args, io, 'retired', retireKey),
};
