import { describe, expect, it } from '@jest/globals';
import {
  cliArgs,
  configFolder,
  directory,
  envFiles,
  jsonFile,
  object,
  processEnv,
  tomlFile,
  yamlFile,
} from '../../src/sources/index.js';

describe('the options of a source', () => {
  // As a caller without types may call them.
  it.each<[string, (options: never) => unknown]>([
    ['cliArgs', cliArgs],
    ['configFolder', (options) => configFolder('config', options)],
    ['directory', (options) => directory('config', options)],
    ['envFiles', envFiles],
    ['jsonFile', (options) => jsonFile('app.json', options)],
    ['object', (options) => object({}, options)],
    ['processEnv', processEnv],
    ['tomlFile', (options) => tomlFile('app.toml', options)],
    ['yamlFile', (options) => yamlFile('app.yaml', options)],
  ])('of %s are refused where one is misspelt, or none is there', (call, make) => {
    const given = (options: unknown) => () => make(options as never);
    expect(given({ refrences: false })).toThrow(
      new TypeError(`${call}: refrences is not an option; did you mean references?`),
    );
    expect(given({ references: 'no' })).toThrow(
      new TypeError(`${call}: references must be true or false; got a string.`),
    );
    expect(given('APP_')).toThrow(new RegExp(`^${call}: the options must be an object of options, such as { `));
  });
});
