import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Compiles the sample so that it runs against what the tests were compiled from, rather than against `dist`, which may be
 * old or just being written. Gives the main file, as deep below the root as the one that `npm start` runs.
 */
export async function compileSample(): Promise<string> {
  const target = join(root, '.build/stories');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  await rm(target, { recursive: true, force: true });
  const samples = join(root, 'samples');
  for (const name of await readdir(samples, { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    const path = join(target, name.replace(/ts$/, 'js'));
    const { outputText } = ts.transpileModule(await readFile(join(samples, name), 'utf8'), {
      compilerOptions: { ...options, module: ts.ModuleKind.ES2022, sourceMap: false },
      fileName: path.replace(/js$/, 'ts'),
    });
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, outputText);
  }
  const itself = join(target, 'node_modules/uno-config');
  await mkdir(itself, { recursive: true });
  // Without a name of its own, so that `uno-config` is looked up here and not in the package that the folder lies in.
  await writeFile(join(target, 'package.json'), '{ "type": "module" }');
  // With the subpaths of the package, each of which stands for what the tests have compiled.
  await copyFile(join(root, 'package.json'), join(itself, 'package.json'));
  await symlink(join(root, '.build/src'), join(itself, 'dist'), 'junction');
  return join(target, 'orders/main.js');
}
