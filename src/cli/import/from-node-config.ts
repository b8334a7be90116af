import { extname, join } from 'node:path';
import { type ConfigPath, formatPath, isConfigMap } from '../../core/index.js';
import {
  escaped,
  type FieldFacts,
  type ImportedProject,
  type ImportNote,
  KNOWN_ENVIRONMENTS,
  merged,
  withValue,
} from './imported-project.js';
import { namesIn, treeIn } from './read-files.js';

const READ = ['.json', '.json5', '.yaml', '.yml', '.toml'];
const VARIABLES = 'custom-environment-variables';

/** The `config` folder of node-config. */
export async function fromNodeConfig(folder: string): Promise<ImportedProject> {
  const notes: ImportNote[] = [];
  const layers = new Map<string, Readonly<Record<string, unknown>>>([['', {}]]);
  const facts = new Map<string, FieldFacts>();
  for (const name of await namesIn(folder)) {
    const extension = extname(name).toLowerCase();
    const stem = name.slice(0, -extension.length || undefined);
    const place = join('config', name);
    if (!READ.includes(extension)) {
      notes.push({
        place,
        message: `is not read: ${extension === '.js' || extension === '.ts' ? 'it is a program; write what it exports as YAML' : 'its format is not known here'}`,
      });
      continue;
    }
    const tree = await treeIn(folder, name);
    if (stem === VARIABLES) {
      for (const fact of variablesIn(tree, [], place, notes)) facts.set(formatPath(fact.path), fact);
      continue;
    }
    const layer = stem === 'default' ? '' : stem;
    if (
      layer.startsWith('local-') ||
      (layer.includes('-') && KNOWN_ENVIRONMENTS.some((known) => layer.startsWith(`${known}-`)))
    ) {
      notes.push({
        place,
        message: 'is of one instance or of one machine: write it as an overlay of a region or deployment',
      });
      continue;
    }
    for (const path of nulls(tree, [])) {
      notes.push({
        place: `${place}, ${formatPath(path)}`,
        message: 'is null, which unsets a setting here: the field is undefined, and not null',
      });
    }
    const made = merged(layers.get(layer) ?? {}, escaped(tree));
    if (isConfigMap(made)) layers.set(layer, made);
    if (layer !== '' && layer !== 'local' && !KNOWN_ENVIRONMENTS.includes(layer)) {
      notes.push({
        place,
        message: `is of the environment ${layer}, which is declared in uno.config.ts as one like production`,
      });
    }
  }
  const all = [...layers.values()].reduce<unknown>(merged, {});
  for (const [at, fact] of facts) {
    // Only a variable sets it, and gives text.
    if (!has(all, fact.path)) facts.set(at, { decorators: ['IsString'], type: 'string', ...fact });
  }
  return { layers: withFields(layers, all, facts), facts, isEnvFiles: false, notes };
}

/** Fields that only variables set are fields too. */
function withFields(
  layers: ImportedProject['layers'],
  all: unknown,
  facts: ImportedProject['facts'],
): ImportedProject['layers'] {
  const missing = [...facts.values()].filter(({ path }) => !has(all, path));
  if (missing.length === 0) return layers;
  // Optional, because no file sets them.
  const base = missing.reduce((tree, { path }) => withValue(tree, path, null), layers.get('') ?? {});
  return new Map([...layers, ['', base]]);
}

function has(tree: unknown, [key, ...rest]: ConfigPath): boolean {
  if (key === undefined) return true;
  return isConfigMap(tree) && Object.hasOwn(tree, key) && has(tree[key], rest);
}

function* variablesIn(
  tree: Readonly<Record<string, unknown>>,
  above: ConfigPath,
  place: string,
  notes: ImportNote[],
): Generator<FieldFacts, void, undefined> {
  for (const [key, value] of Object.entries(tree)) {
    const path = [...above, key];
    if (typeof value === 'string') yield { path, envNames: [value] };
    else if (isConfigMap(value) && typeof value['__name'] === 'string') {
      const isParsed = value['__format'] === 'json';
      yield { path, envNames: [value['__name']], ...(isParsed && { decorators: ['Allow'], type: 'unknown' }) };
      const format = value['__format'];
      if (format !== undefined && typeof format === 'string' && !['json', 'number', 'boolean'].includes(format)) {
        notes.push({
          place: `${place}, ${formatPath(path)}`,
          message: `is parsed as ${JSON.stringify(format)}; here a variable is read as the type of its field, and maps and lists as JSON`,
        });
      }
    } else if (isConfigMap(value)) yield* variablesIn(value, path, place, notes);
    else notes.push({ place: `${place}, ${formatPath(path)}`, message: 'names no variable' });
  }
}

function* nulls(value: unknown, path: ConfigPath): Generator<ConfigPath, void, undefined> {
  if (value === null) yield path;
  else if (isConfigMap(value)) for (const [key, below] of Object.entries(value)) yield* nulls(below, [...path, key]);
}
