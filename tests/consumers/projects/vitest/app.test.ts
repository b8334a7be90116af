import fc from 'fast-check';
import { settingsMatchers, testSettings, type SettingsMatchers } from 'uno-config/testing';
import { arbitrary, invalid } from 'uno-config/testing/fast-check';
import { expect, it } from 'vitest';
import { recordOutcome } from './app/outcome-test.js';
import { DatabaseSettings } from './app/settings.js';

declare module 'vitest' {
  interface Matchers<T> extends SettingsMatchers<T> {}
}

expect.extend(settingsMatchers);

it('injects settings', async () => {
  expect(await recordOutcome()).toContain('db.internal');
});

it('has matchers for settings, and for issues behind rejects', async () => {
  await expect({ host: 'db', port: 1 }).toBeValidSettings(DatabaseSettings);
  await expect({ port: 1 }).not.toBeValidSettings(DatabaseSettings);
  await expect(testSettings(DatabaseSettings, { port: 0 })).rejects.toHaveIssue('database.host', 'missing');
  await expect(testSettings(DatabaseSettings, { host: 'db', port: 0 })).rejects.toHaveIssue('database.port');
  await expect(expect(testSettings(DatabaseSettings, { port: 0 })).rejects.toHaveIssue('database.tls')).rejects.toThrow(
    'expected an issue at database.tls; there are:\n  missing at database.host',
  );
});

it('has generators for settings, right and wrong', async () => {
  await fc.assert(
    fc.asyncProperty(arbitrary(DatabaseSettings), async (values) => {
      await expect(values).toBeValidSettings(DatabaseSettings);
    }),
  );
  await fc.assert(
    fc.asyncProperty(invalid(DatabaseSettings), async ({ values, path, code }) => {
      await expect(testSettings(DatabaseSettings, values)).rejects.toHaveIssue(path, code);
    }),
  );
});
