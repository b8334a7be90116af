import { resolve } from 'node:path';
import {
  type ConfigLayer,
  type ConfigMap,
  type ConfigPath,
  environmentNames,
  formatPath,
  isConfigLayer,
  isConfigMap,
  silentLogger,
} from '../../core/index.js';
import { type MigratedDocument, type Migrations, spelled } from '../../runtime/index.js';
import type { LoadedDefinition } from '../load-definition.js';

/** A value that holds because a document is of an earlier version, and is to be written once none is any more. */
export interface EarlierDefault {
  readonly path: ConfigPath;
  readonly value: unknown;
  /** Where it belongs: it wins there over no value that is set today. Absent where there is no such file. */
  readonly file: string | undefined;
}

interface Layer {
  readonly file: string;
  readonly made: MigratedDocument;
}

/**
 * Where the values of `default` steps belong. They hold below all documents: written into a file, they must win over
 * nothing, in no environment that reads it.
 *
 * @param files those that are brought to the current version, by absolute path
 */
export async function earlierDefaults(
  files: ReadonlyMap<string, MigratedDocument>,
  loaded: LoadedDefinition,
  folder: string,
): Promise<readonly EarlierDefault[]> {
  const needed = [...files.values()].flatMap(({ defaults }) => leavesOf(defaults));
  if (needed.length === 0) return [];
  const stacks = await stacksOf(loaded, files, folder);
  const read = new Set(stacks.flat().map(({ file }) => file));
  const alone = [...files].filter(([file]) => !read.has(file)).map(([file, made]): Layer[] => [{ file, made }]);
  const all: (readonly Layer[])[] = [...stacks, ...alone];
  const byPath = new Map(needed.map((leaf) => [formatPath(leaf.path), leaf]));
  return [...byPath.values()].flatMap(({ path, value }) => {
    // Where a file stays of an earlier version, what it says goes on to hold.
    const ends = (layer: Layer): boolean => needs(layer, path) && files.has(layer.file);
    const holds = (layer: Layer): boolean => needs(layer, path) && !files.has(layer.file);
    const open = all.filter((stack) => stack.some(ends) && !stack.some((layer) => sets(layer, path) || holds(layer)));
    const chosen = new Set<string>();
    return open.flatMap((stack): readonly EarlierDefault[] => {
      if (stack.some(({ file }) => chosen.has(file))) return [];
      const target = stack.find(({ file, made }) => {
        return files.has(file) && hasSection(made, path) && all.every((each) => fits(each, file, path));
      });
      if (target !== undefined) chosen.add(target.file);
      return [{ path, value, file: target?.file }];
    });
  });
}

/** Whether a value in a file would change nothing for those who read it. */
function fits(stack: readonly Layer[], file: string, path: ConfigPath): boolean {
  const at = stack.findIndex((layer) => layer.file === file);
  if (at === -1) return true;
  if (stack.slice(0, at).some((layer) => sets(layer, path))) return false;
  return stack.some((layer) => needs(layer, path)) || stack.slice(at).some((layer) => sets(layer, path));
}

function sets({ made }: Layer, path: ConfigPath): boolean {
  return spelled(made.tree, path) !== undefined;
}

function needs({ made }: Layer, path: ConfigPath): boolean {
  return spelled(made.defaults, path) !== undefined;
}

function hasSection(made: MigratedDocument, path: ConfigPath): boolean {
  return made.versions.some(
    (version) => version.path.length <= path.length && spelled(made.defaults, path) !== undefined,
  );
}

/** What each environment reads, low to high. */
async function stacksOf(
  { definition, plan }: LoadedDefinition,
  files: ReadonlyMap<string, MigratedDocument>,
  folder: string,
): Promise<readonly (readonly Layer[])[]> {
  const { schema, environments, migrations } = plan;
  if (migrations === undefined) return [];
  return Promise.all(
    environmentNames(environments).map(async (environment) => {
      const context = { environment, environments, schema, signal: new AbortController().signal, logger: silentLogger };
      const answers = definition.sources
        .filter((source) => 'files' in source)
        // What cannot be loaded is told by whoever validates it.
        .map(async (source) => layersIn(await Promise.resolve(source.load(context)).catch(() => [])));
      return (await Promise.all(answers)).flat().map((layer) => layerOf(layer, migrations, files, folder));
    }),
  );
}

function layerOf(
  layer: ConfigLayer,
  migrations: Migrations,
  files: ReadonlyMap<string, MigratedDocument>,
  folder: string,
): Layer {
  const file = resolve(folder, layer.locate([]).source);
  const isDocument = layer.kind === 'file';
  return { file, made: files.get(file) ?? migrations.document(layer.tree, { references: true, isDocument }) };
}

function layersIn(answer: unknown): readonly ConfigLayer[] {
  if (isConfigLayer(answer)) return [answer];
  if (Array.isArray(answer)) return answer.filter(isConfigLayer);
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'value') : undefined;
  return value === undefined ? [] : layersIn(value);
}

function leavesOf(tree: ConfigMap, above: ConfigPath = []): readonly { path: ConfigPath; value: unknown }[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const path = [...above, key];
    return isConfigMap(value) ? leavesOf(value, path) : [{ path, value }];
  });
}
