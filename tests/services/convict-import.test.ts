// What `uno-config import convict` writes, beside what convict itself makes of the same schema.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import convict from 'convict';
import { removeFolder, run } from '../cli/fake-io.js';
import { projectWith, runIn } from '../cli/installed-copy.js';

const schema = {
  env: {
    doc: 'The environment.',
    format: ['production', 'development', 'test'],
    default: 'development',
    env: 'APP_ENV',
  },
  http: {
    port: { doc: "The port's number.", format: 'port', default: 8080, env: 'PORT', arg: 'port' },
    host: { format: String, default: 'localhost' },
    tags: { format: Array, default: ['a', 'b'] },
  },
  retries: { format: 'nat', default: 3 },
  ratio: { format: Number, default: 0.5 },
};

let folder: string;
beforeAll(async () => {
  folder = await projectWith({ 'package.json': '{ "type": "module" }', 'schema.js': '' }, ['@swc/core']);
});
afterAll(() => removeFolder(folder));

describe('a project that is imported from convict', () => {
  it('has the values that convict has', async () => {
    const written = await run(folder, ['import', 'convict', 'schema.js'], { default: schema });
    expect([written.code, written.error]).toEqual([0, '']);
    const { code, out, error } = await runIn(folder, ['print', '--json', '--env', 'development']);
    expect([code, error]).toEqual([0, '']);
    expect(JSON.parse(out)).toEqual(convict(schema).getProperties());
  });
});
