import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import {
  type ChosenBy,
  COHORTS_KEY,
  ConfigError,
  type ConfigLayer,
  type ConfigPath,
  createLayer,
  type LoadParameters,
} from '../../core/index.js';
import { fileErrorFromSystem, defaultRoots } from '../read/index.js';
import {
  type FileFormat,
  FILE_EXTENSIONS,
  formatByExtension,
  type ParsedFile,
  parseFileText,
} from '../format/index.js';
import { type Cohorts, cohortsIn, NO_COHORTS, refuseCohortsIn } from './cohorts.js';
import type { ImportItem } from './import-list.js';
import { IMPORT_KEY, importError, importList, withoutKeys } from './import-list.js';
import { ImportCycle, orderImports } from './import-order.js';
import type { KeptLayer } from './kept-layers.js';
import { KeptLayers } from './kept-layers.js';
import {
  type Arguments,
  argumentsOfLoad,
  type Filled,
  filledFile,
  identityOf,
  NO_ARGUMENTS,
  parameterNames,
  PARAMS_KEY,
  refuseUndeclared,
} from './parameters.js';
import { isFailureMark, Reading, VOID } from '../watch/index.js';

/** A file to load. */
export interface FileEntry {
  readonly path: string;
  /** How origins and messages call it. */
  readonly name: string;
  readonly format: FileFormat;
  /** The selectors that chose it. */
  readonly chosenBy?: ChosenBy;
  /** What fills its parameters; absent for a file that no other one fills. */
  readonly filling?: Filling;
}

/** An import with values for parameters. */
interface Filling {
  readonly given: Arguments;
  readonly importing: ParsedFile;
  readonly place: ConfigPath;
  /** The files that lead to it, by identity: none may fill itself. */
  readonly chain: readonly string[];
}

/** How {@link loadFiles} reads. */
export interface LoadFilesOptions {
  readonly reading: Reading;
  readonly references?: boolean | undefined;
  readonly maxBytes?: number | undefined;
  readonly roots?: readonly string[] | undefined;
  /** Values for the parameters of the files that no other one imports. */
  readonly params?: LoadParameters | undefined;
  /** True where only the names of files are wanted: a parameter without a value is then no mistake. */
  readonly isSurvey?: boolean;
  /** Whether files may define the instances of a cohort; see {@link cohortsOfLayers}. */
  readonly cohorts?: boolean;
  /** The layers of the load before; one whose file has not changed is used again. */
  readonly previous?: readonly ConfigLayer[] | undefined;
}

/** A file that has been read, and what it imports. */
interface LoadedFile {
  readonly entry: FileEntry;
  readonly text: string;
  /** What its layer is kept by. */
  readonly key: string;
  readonly parsed: ParsedFile;
  readonly imports: readonly ImportItem[];
  readonly cohorts: Cohorts;
  /** The names of those that it declares. */
  readonly parameters: readonly string[];
  /** That of the load before, or of another container, when nothing has changed. */
  readonly layer?: ConfigLayer;
  /** The imports that exist, by identity; filled when they are resolved. */
  readonly targets: string[];
}

/**
 * Reads files, and what they import, into layers: a later file wins over an earlier one, a file over what it imports, a
 * later import over an earlier one; each file is read once.
 *
 * @throws ConfigError for a file that cannot be read or parsed, and `invalid-import`, `import-refused`,
 *   `import-not-found` or `import-cycle`.
 */
export async function loadFiles(entries: readonly FileEntry[], options: LoadFilesOptions): Promise<ConfigLayer[]> {
  const given = options.params === undefined ? NO_ARGUMENTS : argumentsOfLoad(options.params);
  const work = { ...options, before: kept.byKey(options.previous), filled: { characters: 0 }, given };
  const roots = await Promise.all(entries.map((entry) => loadFile(entry, entry.path, work, given)));
  if (roots.every(({ imports }) => imports.length === 0)) return roots.map((file) => toLayer(file, options));
  const identities = await Promise.all(entries.map(({ path }) => identity(path)));
  const files = new Map<string, LoadedFile>();
  roots.forEach((file, index) => files.set(identities[index] ?? file.entry.path, file));
  const allowed = options.roots ?? defaultRoots(dirname(entries[0]?.path ?? '.'));
  await followImports(files, allowed, work);
  const ordered = order(identities, files);
  if (options.cohorts === true) {
    const others = identities.filter((_, index) => entries[index]?.chosenBy?.cohort === undefined);
    const readBefore = new Set(order(others, files));
    for (const file of ordered) if (!readBefore.has(file)) refuseCohortsIn(file.parsed, IMPORTED_BY_COHORT);
  }
  return ordered.map((file) => toLayer(file, options));
}

const IMPORTED_BY_COHORT = 'a file that only files of a cohort import cannot say who is in one';

/** The paths of files and of what they import, each once. Throws as {@link loadFiles} does. */
export async function pathsWithImports(
  entries: readonly FileEntry[],
  options: Pick<LoadFilesOptions, 'maxBytes' | 'roots'> & { readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const reading = new Reading(options);
  await loadFiles(entries, { ...options, reading, isSurvey: true });
  // An optional import that is not there is looked for, too.
  const found = [...reading.noted.values()].filter(({ content = '' }) => !isFailureMark(content));
  return found.map(({ target }) => target.path);
}

const NONE: readonly never[] = Object.freeze([]);

type FileFacts = Pick<LoadedFile, 'text' | 'parsed' | 'imports' | 'cohorts' | 'parameters'>;

const kept = new KeptLayers<FileFacts>();

/** The cohorts that the files of layers set; a later file goes over an earlier one. */
export function cohortsOfLayers(layers: readonly ConfigLayer[]): Cohorts {
  return new Map(layers.flatMap((layer) => [...(kept.factsOf(layer)?.cohorts ?? [])]));
}

/** What reading one file needs: the options, and what is known of the load before. */
interface LoadWork extends LoadFilesOptions {
  readonly before: ReadonlyMap<string, KeptLayer<FileFacts>>;
  readonly filled: Filled;
}

async function loadFile(entry: FileEntry, path: string, work: LoadWork, given: Arguments): Promise<LoadedFile> {
  const { reading, maxBytes, cohorts = false } = work;
  const key = keyOf(entry, work, given);
  const before = work.before.get(key);
  const last = kept.lastOf(key);
  const held = (before ?? last)?.facts.text;
  const read = (): Promise<string> => reading.file(entry.path, { from: path, maxBytes, shown: entry.name, held });
  let text = await read();
  if (before?.facts.text === text) {
    declareRoot(entry, before.facts, work);
    return { ...before.facts, key, entry, layer: before.layer, targets: [] };
  }
  // Whether an empty file may be taken depends on what this one held before.
  const shared = last?.facts.text === text && !last.facts.parsed.isVoid ? last : undefined;
  let parsed = shared?.facts.parsed ?? (await parsedOrFailed(entry, text));
  if ((parsed instanceof Error || parsed.isVoid) && (await reading.waitForYoung(path))) {
    text = await read();
    parsed = await parsedOrFailed(entry, text);
  }
  const isBlank = text.trim() === '';
  if (parsed instanceof Error && !isBlank) throw parsed;
  const holding =
    parsed instanceof Error ? VOID : { isVoid: parsed.isVoid, hasSettings: Object.keys(parsed.tree).length > 0 };
  const words = { shown: entry.name, onPurpose: entry.format.emptyOnPurpose };
  reading.refuseEmptied({ kind: 'file', path: entry.path }, holding, words);
  if (parsed instanceof Error) throw parsed;
  const facts = shared?.facts ?? factsOf(entry, text, parsed, work, given);
  declareRoot(entry, facts, work);
  return {
    ...facts,
    key,
    entry,
    cohorts: cohorts ? cohortsIn(facts.parsed, entry.chosenBy?.cohort !== undefined) : NO_COHORTS,
    targets: [],
    ...(shared !== undefined && { layer: shared.layer }),
  };
}

function factsOf(
  { filling }: FileEntry,
  text: string,
  read: ParsedFile,
  { filled, isSurvey = false }: LoadWork,
  given: Arguments,
): Omit<FileFacts, 'cohorts'> {
  const { importing, place = [] } = filling ?? {};
  const { tree } = read;
  const isPlain = !Object.hasOwn(tree, PARAMS_KEY) && !Object.hasOwn(tree, IMPORT_KEY);
  if (isPlain && importing === undefined) return { text, parsed: read, parameters: NONE, imports: NONE };
  if (importing !== undefined) refuseUndeclared(read, given, importing, place);
  const parsed = isSurvey ? read : filledFile(read, given, filled, importing?.locate(place));
  return { text, parsed, parameters: parameterNames(read), imports: importList(parsed) };
}

/** The load's own values are for the files that no other one imports. */
function declareRoot(
  { filling }: FileEntry,
  { parameters }: Pick<FileFacts, 'parameters'>,
  { params }: LoadWork,
): void {
  if (filling === undefined) for (const name of parameters) params?.declared.add(name);
}

async function parsedOrFailed(entry: FileEntry, text: string): Promise<ParsedFile | ConfigError> {
  try {
    return await parseFileText(entry.name, text, entry.format);
  } catch (error) {
    if (ConfigError.is(error)) return error;
    throw error;
  }
}

// All that a layer depends on besides the content; the folder, because the working directory may change.
function keyOf(
  { path, name, format, chosenBy }: FileEntry,
  { references = true, cohorts = false, isSurvey = false }: LoadFilesOptions,
  given: Arguments,
): string {
  const flags = [references, cohorts, isSurvey, chosenBy ?? {}].map((value) => JSON.stringify(value));
  if (given.size > 0) flags.push(identityOf(given));
  return [path, name, format.name, resolve(dirname(path)), ...flags].join('\0');
}

async function identity(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw fileErrorFromSystem(error, path);
  }
}

// In rounds: what a round finds is read in parallel, and makes the next round.
async function followImports(
  files: Map<string, LoadedFile>,
  allowed: readonly string[],
  work: LoadWork,
): Promise<void> {
  let round = [...files.values()];
  while (round.length > 0) {
    const found = await Promise.all(round.map((file) => resolveImports(file, allowed, work)));
    const fresh = new Map<string, FileEntry>();
    for (const [real, entry] of found.flat()) if (!files.has(real) && !fresh.has(real)) fresh.set(real, entry);
    const loaded = await Promise.all(
      [...fresh].map(async ([id, entry]) => {
        const [real = id] = id.split('\0', 1);
        return [id, await loadFile(entry, real, work, entry.filling?.given ?? NO_ARGUMENTS)] as const;
      }),
    );
    for (const [real, file] of loaded) files.set(real, file);
    refuseTooMany(files.size, round[0]);
    round = loaded.map(([, file]) => file);
  }
}

async function resolveImports(
  file: LoadedFile,
  allowed: readonly string[],
  work: LoadWork,
): Promise<readonly (readonly [string, FileEntry])[]> {
  const found = await Promise.all(file.imports.map((item) => resolveImport(file, item, allowed, work)));
  const existing = found.filter((each) => each !== undefined);
  file.targets.push(...existing.map(([real]) => real));
  return existing;
}

async function resolveImport(
  file: LoadedFile,
  item: ImportItem,
  allowed: readonly string[],
  { reading, roots }: LoadWork,
): Promise<readonly [string, FileEntry] | undefined> {
  const { target, optional, path: place } = item;
  const folder = dirname(file.entry.path);
  const path = isAbsolute(target) ? target : join(folder, target);
  const format = formatByExtension(path);
  if (format === undefined) {
    throw importError(file.parsed, place, {
      code: 'invalid-import',
      problem: 'the name of the file does not show its format',
      recovery: `Import files that end in ${FILE_EXTENSIONS.join(', ')}.`,
    });
  }
  const resolved = await reading.resolve(allowed, path);
  if (resolved.kind === 'within') {
    const entry = { path, name: path, format };
    if (item.given === undefined) return [resolved.path, entry];
    const filling = { given: item.given, importing: file.parsed, place, chain: chainTo(file, item, resolved.path) };
    return [`${resolved.path}\0${identityOf(item.given)}`, { ...entry, filling }];
  }
  if (resolved.kind === 'missing' && optional) return undefined;
  throw importError(
    file.parsed,
    place,
    resolved.kind === 'missing' ? NOT_FOUND : { ...OUTSIDE, recovery: keepInside(roots) },
  );
}

/** The files that lead to one that is filled. Every other one is read once, so that only these can go on for ever. */
function chainTo({ entry, parsed }: LoadedFile, { path }: ImportItem, next: string): readonly string[] {
  const chain = [...(entry.filling?.chain ?? []), next];
  if (new Set(chain).size < chain.length) {
    throw importError(parsed, path, {
      code: 'import-cycle',
      problem: 'the file fills itself, directly or through others',
      recovery: 'Remove one of these imports.',
    });
  }
  if (chain.length <= DEEPEST) return chain;
  throw importError(parsed, path, {
    code: 'too-deep',
    problem: `more than ${String(DEEPEST)} files fill one another`,
    recovery: 'Fill the last ones from nearer to the first one.',
  });
}

/** How many files may fill one another, one after the other. */
const DEEPEST = 16;
/** How many files a source may have, each counted as often as it is filled. */
const MOST_FILES = 1_000;

function refuseTooMany(count: number, last: LoadedFile | undefined): void {
  if (count <= MOST_FILES || last === undefined) return;
  throw importError(last.parsed, [IMPORT_KEY], {
    code: 'too-many-values',
    problem: `more than ${String(MOST_FILES)} files are imported, each counted as often as it is filled`,
    recovery: 'Import fewer files, or fill fewer of them.',
  });
}

const NOT_FOUND = {
  code: 'import-not-found',
  problem: 'the imported file does not exist',
  recovery: 'Correct the path, which is relative to the importing file, or write optional: before it.',
} as const;

const OUTSIDE = {
  code: 'import-refused',
  problem: 'the imported file is outside the allowed folders',
} as const;

function keepInside(roots: readonly string[] | undefined): string {
  if (roots !== undefined)
    return `Files are imported only from ${roots.map((root) => JSON.stringify(root)).join(' and ')} here.`;
  return 'Keep imported files in the folder of the first file or the working directory, or name folders with the option roots.';
}

function order(roots: readonly string[], files: ReadonlyMap<string, LoadedFile>): readonly LoadedFile[] {
  const nodes = new Map([...files].map(([key, file]) => [key, { key, imports: file.targets }]));
  try {
    return orderImports(roots, nodes).flatMap((key) => files.get(key) ?? []);
  } catch (error) {
    throw error instanceof ImportCycle ? cycleError(error, files) : error;
  }
}

function cycleError(cycle: ImportCycle<unknown>, files: ReadonlyMap<string, LoadedFile>): Error {
  const members = cycle.members.flatMap((key) => files.get(String(key)) ?? []);
  const [first] = members;
  if (first === undefined) return cycle;
  const next = cycle.members[1];
  const item = first.imports[first.targets.indexOf(String(next))];
  return importError(first.parsed, item?.path ?? [], {
    code: 'import-cycle',
    problem: `the files import each other: ${members.map(({ entry }) => entry.name).join(' -> ')}`,
    recovery: 'Remove one of these imports.',
  });
}

function toLayer(file: LoadedFile, options: LoadFilesOptions): ConfigLayer {
  if (file.layer !== undefined) return file.layer;
  const { entry, key, text, parsed, imports, cohorts, parameters } = file;
  const { references } = options;
  const { chosenBy } = entry;
  const layer = createLayer({
    name: entry.name,
    kind: 'file',
    tree: withoutKeys(parsed.tree, [IMPORT_KEY, PARAMS_KEY, ...(options.cohorts === true ? [COHORTS_KEY] : [])]),
    folder: resolve(dirname(entry.path)),
    locate: parsed.locate,
    locateKey: parsed.locateKey,
    ...(references !== undefined && { references }),
    ...(chosenBy !== undefined && { chosenBy }),
  });
  return kept.keep(layer, key, { text, parsed, imports, cohorts, parameters });
}
