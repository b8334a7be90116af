import { describe, expect, it } from '@jest/globals';
import type { SecretLevel } from '../../../src/index.js';
import { CANARY, leaksIn } from './canary.js';
import { channels } from './channels.js';
import { plainField, situations, type Artefacts } from './situations.js';

const levels: readonly SecretLevel[] = ['mask', 'encrypt', 'sealed'];

/** Sends everything through every channel; names where the canary came out. */
async function leaks(artefacts: Artefacts): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [what, value] of Object.entries(artefacts)) {
    for (const [name, channel] of Object.entries(channels)) {
      if (leaksIn(await channel(value)).length > 0) found.push(`${what} through ${name}`);
    }
  }
  return found;
}

describe.each(levels)('at the level %s', (level) => {
  it.each(Object.entries(situations))('%s gets out through no channel', async (_, make) => {
    expect(await leaks(await make(level))).toEqual([]);
  });
});

describe('the matrix', () => {
  it('sees a plain value through every channel that shows objects', async () => {
    const { settings, error } = await plainField();
    const blind = [];
    for (const [name, channel] of Object.entries(channels)) {
      const texts = [await channel(settings), await channel(CANARY)];
      if (texts.every((text) => leaksIn(text).length === 0)) blind.push(name);
    }
    expect(blind).toEqual([]);
    expect(await leaks({ error })).not.toEqual([]);
  });
});
