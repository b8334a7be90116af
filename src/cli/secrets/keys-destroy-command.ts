import { destroyKey } from '../../security/index.js';
import type { Command } from '../command.js';
import { CHANGE_EXIT_CODES, CHANGE_OPTIONS, changeKey } from './change-key.js';

export const keysDestroyCommand: Command = {
  name: 'keys destroy',
  summary: 'remove a key permanently; values encrypted under it can never be opened again',
  words: ['keyring', 'key'],
  moreWords: 'files or folders with values',
  options: CHANGE_OPTIONS,
  exitCodes: CHANGE_EXIT_CODES,
  run: (args, io) => changeKey(args, io, 'destroyed', destroyKey),
};
