import { expect, it } from '@jest/globals';
import { recordOutcome } from './app/outcome-test.js';

it('injects settings', async () => {
  expect(await recordOutcome()).toContain('db.internal');
});
