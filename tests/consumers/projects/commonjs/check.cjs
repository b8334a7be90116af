// Plain JavaScript too: require() gives the same classes as import.
const assert = require('node:assert');
const required = require('uno-config');

void import('uno-config').then((imported) => {
  assert.equal(required.ConfigError, imported.ConfigError);
  assert.equal(require('uno-config/sections').Duration, imported.Duration);
});
