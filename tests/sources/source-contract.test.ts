// What every source of the house promises, by the suite that users are given for their own.
import { open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ConfigSource } from '../../src/core/index.js';
import {
  configFolder,
  directory,
  envFiles,
  jsonFile,
  object,
  optional,
  processEnv,
  tomlFile,
  yamlFile,
} from '../../src/sources/index.js';
import {
  fakeRemoteSource,
  sourceContract,
  type ContractSubject,
  type ContractValues,
  type FakeRemoteSource,
} from '../../src/testing/index.js';
import { addFiles, temporaryFolder } from './file-fixtures.js';

type Write = (values: ContractValues) => string;

const yaml: Write = ({ first, second, big }) =>
  `contract:\n  first: ${first}\n  second: ${second}\n${big === undefined ? '' : `  big: ${big}\n`}`;
const json: Write = (contract) => JSON.stringify({ contract });
const toml: Write = ({ first, second, big }) =>
  `[contract]\nfirst = "${first}"\nsecond = "${second}"\n${big === undefined ? '' : `big = "${big}"\n`}`;
const env: Write = ({ first, second, big }) =>
  `CONTRACT__FIRST=${first}\nCONTRACT__SECOND=${second}\n${big === undefined ? '' : `CONTRACT__BIG=${big}\n`}`;

async function replaceFile(path: string, text: string): Promise<void> {
  // Outside of the folder, where nobody takes it for a file of settings.
  const beside = `${dirname(path)}.new`;
  await writeFile(beside, text);
  await rename(beside, path);
}

/** A file that is replaced by careful writers, and cut and filled by careless ones. */
function fileSubject(
  name: string,
  write: Write,
  sourceOf: (path: string) => ConfigSource,
  poison: string | undefined,
): ContractSubject<string> {
  return {
    open: async (values) => {
      const folder = await temporaryFolder({ [name]: write(values) });
      return join(folder, name);
    },
    source: sourceOf,
    set: async (path, values) => replaceFile(path, write(values)),
    begin: async (path, values) => {
      const text = write(values);
      const file = await open(path, 'w');
      await file.write(text.slice(0, text.length / 2));
      return async () => {
        await file.write(text.slice(text.length / 2));
        await file.close();
      };
    },
    empty: async (path) => writeFile(path, ''),
    remove: async (path) => rm(path),
    ...(poison !== undefined && { poison: async (path: string) => writeFile(path, poison) }),
  };
}

/** A folder as Kubernetes mounts it. */
const mounted: ContractSubject<{ folder: string; versions: number }> = {
  open: async (values) => {
    const folder = await temporaryFolder();
    const world = { folder, versions: 0 };
    await mount(world, values);
    const names = ['first', 'second', ...(values.big === undefined ? [] : ['big'])];
    await Promise.all(names.map(async (name) => symlink(`..data/contract.${name}`, join(folder, `contract.${name}`))));
    return world;
  },
  source: ({ folder }) => directory(folder),
  set: mount,
  empty: async ({ folder }) => {
    await Promise.all(['first', 'second'].map(async (name) => writeFile(join(folder, `contract.${name}`), '')));
  },
  remove: async ({ folder }) => rm(folder, { recursive: true }),
  poison: async ({ folder }) => addFiles(folder, { ['__proto__']: 'polluted' }),
};

async function mount(world: { folder: string; versions: number }, values: ContractValues): Promise<void> {
  const version = `..v${String(++world.versions)}`;
  const files = Object.entries(values).map(([name, text]) => [`${version}/contract.${name}`, text] as const);
  await addFiles(world.folder, Object.fromEntries(files));
  await symlink(version, join(world.folder, '..new'));
  await rename(join(world.folder, '..new'), join(world.folder, '..data'));
}

interface FakeWorld {
  readonly remote: FakeRemoteSource;
}

const remote: ContractSubject<FakeWorld> = {
  open: (values) => ({ remote: fakeRemoteSource({ contract: values }, { poll: '1m', timeout: '2s' }) }),
  source: (world) => world.remote,
  set: (world, values) => void world.remote.publish({ contract: values }),
  poison: (world) => {
    // An object, as it is written.
    world.remote.publish(JSON.parse('{"contract":{"__proto__":{"polluted":1}}}') as object);
  },
  network: {
    heal: (world) => {
      world.remote.behave({});
    },
    hang: (world) => {
      world.remote.behave({ reads: 'hang' });
    },
    cut: (world) => {
      world.remote.behave({ reads: 'cut' });
    },
    garble: (world) => {
      world.remote.behave({ reads: 'garble' });
    },
    lag: (world) => {
      world.remote.behave({ reads: { stale: 1 } });
    },
    lose: (world) => {
      world.remote.behave({ notices: 'lose' });
    },
    double: (world) => {
      world.remote.behave({ notices: 'double' });
    },
    reorder: (world) => {
      world.remote.behave({ notices: 'reorder' });
    },
  },
};

const plainObject: ContractSubject<ContractValues> = {
  open: (values) => values,
  source: (values) => object({ contract: values }),
};

const variables: ContractSubject<Record<string, string | undefined>> = {
  open: variablesOf,
  source: (world) => processEnv({ prefix: 'APP_', env: world }),
  set: (world, values) => void Object.assign(world, variablesOf(values)),
  watched: false,
};

function variablesOf({ first, second, big }: ContractValues): Record<string, string | undefined> {
  return {
    APP_CONTRACT__FIRST: first,
    APP_CONTRACT__SECOND: second,
    ...(big !== undefined && { APP_CONTRACT__BIG: big }),
  };
}

function suite<World>(name: string, subject: ContractSubject<World>): void {
  describe(`${name}, as every source,`, () => {
    it.each(sourceContract(subject).map((one) => [one.name, one] as const))('%s', async (_, one) => {
      await expect(one.run()).resolves.toBeUndefined();
    });
  });
}

suite('object', plainObject);
suite('processEnv', variables);
suite(
  'yamlFile',
  fileSubject('app.yaml', yaml, (path) => yamlFile(path), 'contract: {__proto__: {polluted: 1}}'),
);
suite(
  'jsonFile',
  fileSubject('app.json', json, (path) => jsonFile(path), '{"contract":{"__proto__":{"polluted":1}}}'),
);
suite(
  'tomlFile',
  fileSubject('app.toml', toml, (path) => tomlFile(path), '[contract.__proto__]\npolluted = 1'),
);
suite('optional', {
  ...fileSubject('app.yaml', yaml, (path) => optional(yamlFile(path)), '__proto__: {polluted: 1}'),
  mayBeAbsent: true,
});
suite(
  'configFolder',
  fileSubject('app.yaml', yaml, (path) => configFolder(dirname(path)), 'contract: {__proto__: {polluted: 1}}'),
);
suite('envFiles', {
  ...fileSubject('.env', env, (path) => envFiles({ folder: dirname(path) }), undefined),
  mayBeAbsent: true,
});
suite('directory', mounted);
suite('remoteSource', remote);

describe('sourceContract', () => {
  const usable: ContractSubject<{ values: ContractValues }> = {
    open: (values) => ({ values }),
    source: (world) => ({ load: () => ({ contract: world.values }) }),
    set: (world, values) => void (world.values = values),
    watched: false,
  };

  async function failuresOf<World>(subject: ContractSubject<World>): Promise<readonly string[]> {
    const outcomes = await Promise.allSettled(sourceContract(subject).map(async (one) => one.run()));
    return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
  }

  it('has no complaint about a source that keeps its promises', async () => {
    expect(await failuresOf(usable)).toEqual([]);
  });

  it('refuses what it would not try', () => {
    const misspelt = { ...usable, emtpy: () => undefined };
    expect(() => sourceContract(misspelt)).toThrow(
      new TypeError('sourceContract: emtpy is not an option; did you mean empty?'),
    );
  });

  it('tells what a source does not keep', async () => {
    const [first] = [{ first: 'a1', second: 'a2' }];
    const stubborn = await failuresOf({ ...usable, source: () => ({ load: () => ({ contract: first }) }) });
    expect(stubborn.join('\n')).toContain('a change was not taken: the reload was unchanged');
    const forgetful = await failuresOf({
      ...usable,
      empty: (world) => void Reflect.deleteProperty(world, 'values'),
    });
    expect(forgetful.join('\n')).toContain('an empty source was committed');
    const torn = await failuresOf({
      ...usable,
      source: (world) => {
        const { second } = world.values;
        return { load: () => ({ contract: { ...world.values, second } }) };
      },
    });
    expect(torn.join('\n')).toContain('two states were mixed');
  });
});
