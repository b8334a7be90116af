import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { createAnswer } from '../../../src/core/index.js';
import { postgresSource, type PostgresSourceOptions } from '../../../src/sources/remote/postgres/index.js';
import { storeSource, type StoreDriver } from '../../../src/sources/remote/store/index.js';
import { memoryStore } from '../../cli/store/memory-store.js';
import { failureOf, loadContext } from '../file-fixtures.js';

const SECRET = 'hunter2';
const OPTIONS = { namespace: 'shop', poll: undefined, timeout: undefined, jitter: undefined, references: undefined };

/** A store that answers so, whatever it is asked for. */
function answering(text: string, documents: 'one' | 'many' = 'one', id = ''): ReturnType<typeof storeSource> {
  const nothing = async (): Promise<never> =>
    Promise.reject(Object.assign(new Error(`postgres://app:${SECRET}@db`), { code: 'ECONNREFUSED' }));
  const driver: StoreDriver = {
    read: async () => Promise.resolve({ revision: 3, documents: new Map([[id, text]]) }),
    append: nothing,
    history: nothing,
    report: nothing,
    leave: nothing,
    instances: async () => Promise.resolve([{ text, age: 1 }]),
    close: async () => Promise.resolve(),
  };
  return storeSource('memory', { ...OPTIONS, documents }, driver);
}

describe('a source over a store', () => {
  it.each([
    ['<html>', 'invalid-json', 'memory shop holds something else than JSON.'],
    ['[1]', 'not-a-map', 'memory shop holds something else than an object of settings.'],
    [`"${SECRET}"`, 'not-a-map', 'memory shop holds something else than an object of settings.'],
    [`{"a":"${'x'.repeat(17 * 1024 * 1024)}"}`, 'source-too-large', 'memory shop holds more than 16777216 characters.'],
  ])('takes no content that is none, case %#', async (text, code, message) => {
    const error = await failureOf(Promise.resolve(answering(text).load(loadContext({}))));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain(SECRET);
  });

  it('lets a document of many fail alone', async () => {
    const { value } = createAnswer((await answering('<html>', 'many', 'acme').load(loadContext({}))) as never);
    expect((value as ReadonlyMap<string, { readonly message: string }>).get('acme')?.message).toContain(
      'memory shop acme holds something else than JSON.',
    );
  });

  it('says of a driver that fails nothing but its code', async () => {
    const { store } = answering('{}');
    const error = await store.history(1).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'source-unreachable' });
    expect(String(error)).toContain('memory shop cannot be reached: it threw Error ECONNREFUSED.');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET);
  });

  it('lists no report that is none', async () => {
    for (const text of ['', '[]', '{"instance":1}', '{"instance":"a","health":"healthy","problems":[1]}']) {
      expect(await answering(text).store.instances()).toEqual([]);
    }
  });

  it('refuses documents that it does not hold', async () => {
    const [one, many] = [memoryStore().source, memoryStore('many').source];
    const acme = new Map([['acme', {}]]);
    await expect(one.store.publish(acme, { expected: 0 })).rejects.toThrow(
      new TypeError('memory shop: the id of a document must be an empty string, not "acme".'),
    );
    await expect(many.store.publish(new Map([['../a b', {}]]), { expected: 0 })).rejects.toThrow(TypeError);
    await expect(many.write({}, { expected: undefined })).rejects.toThrow('it holds many documents');
    await expect(one.store.publish(new Map([['', undefined]]), { expected: 0 })).rejects.toThrow(
      'its only document cannot be deleted',
    );
    await expect(one.write({}, { expected: 'W/"tag"' })).rejects.toThrow('expected must be a revision of this store');
  });
});

describe('the options of a store', () => {
  it.each([
    [{ namespace: 'a b' }, 'postgresSource: namespace must be a name without spaces'],
    [{ namespace: '' }, 'postgresSource: namespace must be a name without spaces'],
    [{ namespace: 'a', schema: 'x"; drop' }, 'postgresSource: schema must be a name of lower-case letters'],
    [{ namespace: 'a', client: `postgres://app:${SECRET}@db` }, 'postgresSource: client must be a function, or a pool'],
    [{ namespace: 'a', connection: { password: SECRET } }, 'postgresSource: connection.password must be a function'],
    [{ namespace: 'a', documents: 'several' }, 'postgresSource: documents must be one of "one", "many"'],
    [{ namespace: 'a', shcema: 'x' }, 'postgresSource: shcema is not an option; did you mean schema?'],
  ])('refuses %j', (options, why) => {
    // As a caller without types would write it.
    const call = (): unknown => postgresSource(options as PostgresSourceOptions);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(why);
    expect(call).not.toThrow(SECRET);
  });

  it('shows no password, whatever is printed of the source', () => {
    const source = postgresSource({ namespace: 'a', connection: { host: 'db', password: () => SECRET } });
    expect(inspect(source, { depth: 9, showHidden: true })).not.toContain(SECRET);
    expect(JSON.stringify(source)).not.toContain(SECRET);
  });
});
