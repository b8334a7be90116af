import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtPackage } from '../built-package.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const samples = join(root, 'samples/orders');

/**
 * Compiles the sample so that it runs on the package that the tests were compiled with. Gives the main file, as deep below
 * the root as the one that `npm start` runs. What has been compiled from the same text before is used again.
 */
export async function compileSample(): Promise<string> {
  const names = (await readdir(samples, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  const texts = await Promise.all(names.map(async (name) => readFile(join(samples, name), 'utf8')));
  const itself = await builtPackage();
  const hash = createHash('sha256');
  for (const part of [await readFile(join(root, 'tsconfig.json')), itself, ...names, ...texts])
    hash.update(part).update('\0');
  const target = join(root, '.build', `stories-${hash.digest('hex').slice(0, 12)}`);
  const main = join(target, 'orders/main.js');
  const isThere = async (): Promise<boolean> =>
    stat(main).then(
      () => true,
      () => false,
    );
  if (await isThere()) return main;

  // Made elsewhere and moved, so that tests that need it at once do not see a part of it.
  const unfinished = `${target}-${String(process.pid)}`;
  await compileInto(unfinished, itself, names, texts);
  await rename(unfinished, target).catch(async (error: unknown) => {
    if (!(await isThere())) throw error;
    await rm(unfinished, { recursive: true });
  });
  return main;
}

async function compileInto(
  target: string,
  itself: string,
  names: readonly string[],
  texts: readonly string[],
): Promise<void> {
  // The compiler takes a second to load.
  const { default: ts } = await import('typescript');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  for (const [index, name] of names.entries()) {
    const path = join(target, 'orders', name.replace(/ts$/, 'js'));
    const { outputText } = ts.transpileModule(texts[index] ?? '', {
      compilerOptions: { ...options, module: ts.ModuleKind.ES2022, sourceMap: false },
      fileName: path.replace(/js$/, 'ts'),
    });
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, outputText);
  }
  await mkdir(join(target, 'node_modules'));
  // Without a name of its own, so that `uno-config` is looked up here and not in the package that the folder lies in.
  await writeFile(join(target, 'package.json'), '{ "type": "module" }');
  await symlink(itself, join(target, 'node_modules/uno-config'), 'junction');
}
