import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from '../fast-check.js';
import { cliArgs, directory, envFiles, object, processEnv } from '../../src/sources/index.js';
import * as evil from './evil.js';
import { fuzzFolder, writeFiles } from './folder.js';
import { FUZZ_KEYS } from './fuzz-settings.js';
import { loadAndCheck, survives } from './survive.js';

const word = fc.oneof(fc.constantFrom<string>(...FUZZ_KEYS, ...FUZZ_KEYS.map((key) => key.toUpperCase())), evil.key);

/** A name of several keys: `A__POOL__MAX_SIZE`, `a.pool.max-size`. */
function names(separators: readonly string[], prefixes: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...prefixes), fc.array(word, { maxLength: 4 }), fc.constantFrom(...separators))
    .map(([prefix, keys, separator]) => prefix + keys.join(separator));
}

const variables = fc
  .array(fc.tuple(names(['__', '__', '_', '.', '____'], ['APP_', 'APP_A__', 'APP__', '', '_']), evil.text), {
    maxLength: 8,
  })
  .map((entries) => Object.fromEntries(entries));

const argument = fc
  .tuple(
    names(['.', '.', '-', '__', '..'], ['--', '--a.', '--no-a.', '-', '', '---']),
    fc.constantFrom('=', '=', ''),
    evil.text,
  )
  .map(([name, equals, text]) => `${name}${equals}${equals === '' ? '' : text}`);

const envLine = fc
  .tuple(
    fc.constantFrom('', '', 'export ', '  ', '# '),
    names(['__'], ['APP_', 'APP_A__', '', 'A__']),
    fc.constantFrom('=', '=', ' = ', ':', ''),
    fc.constantFrom('', '"', "'", '`'),
    evil.text,
    fc.constantFrom('', '"', "'", ' # x'),
  )
  .map((parts) => parts.join(''));

const envText = evil.mangled(
  fc.array(envLine, { maxLength: 6 }).map((all) => all.join('\n')),
  ['=', '"', "'", '\n', '\r', '#', '$A', '${A:-$(id)}', 'export ', '\\n', 'A=$A\n', 'A=$B\nB=$A\n'],
);

// A file's name holds no slash and no NUL, and is no longer than the file system allows.
const fileName = names(['.', '__', '/'], ['', 'a.', 'a__', 'a/', '..data/', '.']).map((name) =>
  name
    .replaceAll('\0', '')
    .split('/')
    .map((part) => (part === '' || part === '.' || part === '..' ? 'x' : part.slice(0, 60)))
    .join('/'),
);

const files = fc.array(fc.tuple(fileName, evil.text), { maxLength: 5 }).map((entries) =>
  // A name cannot be a file and a folder at once.
  Object.fromEntries(
    entries.filter(
      ([name], place) => !entries.some(([other], at) => at !== place && `${other}/`.startsWith(`${name}/`)),
    ),
  ),
);

describe('sources of named values', () => {
  const folder = fuzzFolder();

  it('survive any object', async () => {
    const anything = fc.oneof(
      evil.tree,
      fc.object({
        key: evil.key,
        withBigInt: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withSparseArray: true,
      }),
    );
    await survives(anything, (given) => loadAndCheck(object(given)));
    expect.hasAssertions();
  });

  it('survive any environment', async () => {
    await survives(fc.tuple(variables, fc.constantFrom('APP_', '', 'A__')), async ([env, prefix]) =>
      loadAndCheck(processEnv({ prefix, env })),
    );
    expect.hasAssertions();
  });

  it('survive an environment whose keys are separated by dots', async () => {
    await survives(variables, (env) => loadAndCheck(processEnv({ prefix: 'APP_', separator: '.', env })));
    expect.hasAssertions();
  });

  it('survive any command line', async () => {
    const argv = fc.array(fc.oneof(argument, argument, evil.text), { maxLength: 8 });
    await survives(fc.tuple(argv, fc.constantFrom('ignore' as const, 'report' as const)), ([given, unknown]) =>
      loadAndCheck(cliArgs({ argv: given, unknown })),
    );
    expect.hasAssertions();
  });

  it('survive any environment file', async () => {
    await survives(fc.tuple(envText, envText), async ([all, own]) => {
      await writeFiles(folder(), { '.env': all, '.env.a': own });
      await loadAndCheck(envFiles({ folder: folder(), prefix: 'APP_' }));
    });
    expect.hasAssertions();
  });

  it('survive any folder', async () => {
    await survives(files, async (given) => {
      const root = join(folder(), 'root');
      await rm(root, { recursive: true, force: true });
      await writeFiles(root, { '.keep': '', ...given });
      await loadAndCheck(directory(root));
    });
    expect.hasAssertions();
  });
});
