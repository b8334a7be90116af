import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ConfigError, ConfigSource } from '../../src/core/index.js';
import { configFolder } from '../../src/sources/index.js';
import { buildSchema } from '../../src/binding/index.js';
import { caught } from './caught.js';
import { temporaryFolder } from './file-fixtures.js';

const TOKEN = '{jwe}eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..b3JkZXJz.c2VjcmV0.dGFn';

async function failure(name: string, text: string): Promise<ConfigError> {
  const folder = await temporaryFolder({ [name]: text });
  const source: ConfigSource = configFolder(join(folder));
  const signal = new AbortController().signal;
  const context = { environment: 'test', schema: buildSchema([], true), settle: 0, signal } as const;
  const logger = { log: () => undefined };
  return caught(async () => source.load({ ...context, logger }));
}

describe('an encrypted value without quotes', () => {
  it.each([
    ['app.yaml', `a:\n  password: ${TOKEN}\n  b: 1\n`, 2, 13],
    ['app.yaml', `a: { password: ${TOKEN}, b: 1 }`, 1, 16],
    ['app.yaml', `a:\n  - ${TOKEN}\n  - x\n`, 2, 5],
    ['app.yaml', `a: [x, ${TOKEN}]`, 1, 8],
    ['app.yaml', `a:\n  b:\n    ${TOKEN} # why\n`, 3, 5],
    ['app.yaml', `a: !!str ${TOKEN}`, 1, 10],
    ['app.yaml', 'a: {cipher}6f1a', 1, 4],
    ['app.toml', `[a]\npassword = ${TOKEN}\n`, 2, 12],
    ['app.json', `{"a": ${TOKEN}}`, 1, 7],
  ])('is told for what it is, where it begins: %s %j', async (name, text, line, column) => {
    const { issues, message } = await failure(name, text);
    expect(issues.map((issue) => [issue.message, issue.origin?.line, issue.origin?.column])).toEqual([
      ['write an encrypted value in quotes; without them its { begins a map', line, column],
    ]);
    expect(message).not.toContain('eyJ');
  });

  it.each([
    ['app.yaml', `a: '${TOKEN}'\nb: [`, 'a { or [ is not closed'],
    ['app.yaml', 'a: "{jwe}\\q"', 'a backslash starts no known escape here; write \\\\ for a backslash'],
    ['app.json', '{"a": "{jwe}\\q"}', 'a backslash starts no known escape here; write \\\\ for a backslash'],
  ])('is not seen where another thing is wrong: %s %j', async (name, text, problem) => {
    const { issues } = await failure(name, text);
    expect(issues.map(({ message }) => message)).toEqual([problem]);
  });
});
