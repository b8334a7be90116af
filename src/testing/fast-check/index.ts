// fast-check: the subpath `uno-config/testing/fast-check`. Settings that a class takes, and settings that it refuses.
//
//   decorators -> constraints -> values -> valid settings -> one thing broken -> invalid settings
export { invalid, type InvalidSettings } from './invalid.js';
export { arbitrary, type ArbitraryOptions, type GeneratedSettings } from './section-arbitrary.js';
export { type FixtureOptions, fixtures, type ReloadFixture, type SettingsFixtures } from './fixtures.js';
