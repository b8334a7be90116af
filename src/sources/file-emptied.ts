import { ConfigError } from '../core/index.js';

/**
 * Refuses a file that had settings at the last load and is empty now: an editor or a copy truncates a file before it
 * writes it, and what was seen in between must not become an empty configuration.
 *
 * @throws ConfigError `file-empty`.
 */
export function refuseEmptied(shown: string, text: string, hadSettings: boolean): void {
  if (!hadSettings || text.trim() !== '') return;
  throw new ConfigError({
    code: 'file-empty',
    category: 'reload',
    message: `${shown} is empty, but had settings before: it looks half written.`,
    recovery:
      'Finish writing it. To remove its settings for good, leave a comment or an empty map in it, or delete it.',
  });
}
