import {
  type ChosenBy,
  type DeclaredEnvironments,
  type LoadContext,
  type Selectors,
  ConfigError,
  environmentSpellings,
  orDeclare,
  parseEnvironment,
  type SelectorName,
  SELECTORS,
} from '../../core/index.js';
import { FILE_EXTENSIONS } from '../format/index.js';

/** A file of a configuration folder, and when it applies. */
export interface SelectedFile {
  readonly fileName: string;
  /** The environment, then what else its name asks for; empty for the base. */
  readonly selectors: readonly string[];
}

/**
 * The files of a folder that belong to a configuration, whether or not they apply now.
 *
 * @param shown how messages call the folder
 * @throws ConfigError `unknown-environment`, `invalid-file-name`, `ambiguous-file`.
 */
export function configurationFiles(
  shown: string,
  name: string,
  fileNames: readonly string[],
  declared?: DeclaredEnvironments,
): readonly SelectedFile[] {
  const files = fileNames.toSorted().flatMap((fileName) => selectedFile(shown, name, fileName, declared) ?? []);
  const taken = new Map<string, SelectedFile>();
  for (const file of files) {
    const key = file.selectors.join('.');
    const other = taken.get(key);
    if (other !== undefined) throw ambiguous(shown, other, file);
    taken.set(key, file);
  }
  return files;
}

/** A file that applies, and what chose it among others. */
export interface ApplicableFile extends SelectedFile {
  /** Absent for the base, which always applies. */
  readonly chosenBy?: ChosenBy;
}

/**
 * Those that apply, the most general one first: a region is more general than a zone, that than a deployment.
 *
 * @throws ConfigError `invalid-selector`.
 */
export function applicableFiles(
  files: readonly SelectedFile[],
  selectors: Selectors,
  cohorts: readonly string[],
): readonly ApplicableFile[] {
  for (const name of SELECTORS) refuseUnnameable(name, selectors[name]);
  const { environment, region, zone, deployment } = selectors;
  const single = { region, zone, deployment };
  const levels: readonly Level[] = [
    ...Object.entries(single).flatMap(([name, word]) => (word === undefined ? [] : [{ name, word }])),
    ...cohorts.map((word) => ({ name: 'cohort', word })),
  ];
  const found = files.flatMap((file) => rankedFile(file, environment, levels) ?? []);
  return found.sort((one, other) => compareRanks(one.ranks, other.ranks)).map(({ file }) => file);
}

/** No file can be named after it, so it would select nothing, in silence. */
function refuseUnnameable(name: SelectorName, word: string | undefined): void {
  const [wrong] = /[./\\]/.exec(word ?? '') ?? [];
  if (wrong === undefined) return;
  throw new ConfigError({
    code: 'invalid-selector',
    message: `The ${name} "${word ?? ''}" holds "${wrong}", so no file can be named after it.`,
    recovery: `Give the option ${name}, or UNO_${name.toUpperCase()}, without ".", "/" and "\\", as in ${(word ?? '').replaceAll(/[./\\]/g, '-')}; or an empty one, which selects nothing.`,
  });
}

/** A file that applies, and its levels from the most special one down. */
interface RankedFile {
  readonly file: ApplicableFile;
  readonly ranks: readonly number[];
}

function rankedFile(file: SelectedFile, environment: string, levels: readonly Level[]): RankedFile | undefined {
  const [first, ...words] = file.selectors;
  if (first === undefined) return { file, ranks: [] };
  const matched = first === environment ? levelsOf(words, levels) : undefined;
  if (matched === undefined) return undefined;
  const named = matched.flatMap((at) => levels[at] ?? []).map(({ name, word }) => [name, word] as const);
  const chosenBy: ChosenBy = { environment, ...Object.fromEntries(named) };
  return { file: { ...file, chosenBy }, ranks: [ENVIRONMENT, ...matched].toReversed() };
}

/** A selector with the word that files have for it. */
interface Level {
  readonly name: string;
  readonly word: string;
}

/** Below all levels. */
const ENVIRONMENT = -1;

/** Which levels words name, in their order, of cohorts one at most; `undefined` where they name others. */
function levelsOf(words: readonly string[], levels: readonly Level[]): readonly number[] | undefined {
  const matched: number[] = [];
  for (const word of words) {
    const last = matched.at(-1) ?? ENVIRONMENT;
    if (levels[last]?.name === 'cohort') return undefined;
    const at = levels.findIndex((level, index) => index > last && level.word === word);
    if (at === -1) return undefined;
    matched.push(at);
  }
  return matched;
}

/** Levels from the most special one down: the first one that differs decides, then how many there are. */
function compareRanks(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((rank, index) => rank !== other[index]);
  return at === -1 ? one.length - other.length : (one[at] ?? 0) - (other[at] ?? ENVIRONMENT - 1);
}

/** What decides which files apply. */
export type FolderSelectors = Selectors & Pick<LoadContext, 'environments'>;

/** Files of a folder that have the ending of settings and no place among {@link configurationFiles}. */
export interface UnusedFiles {
  /** Those that seem to be meant for an environment, a region or what else selects. */
  readonly misnamed: readonly string[];
  readonly others: readonly string[];
}

/** Sorts what {@link configurationFiles} leaves out. */
export function unusedFiles(name: string, fileNames: readonly string[], selectors: FolderSelectors): UnusedFiles {
  const stems = fileNames.toSorted().flatMap((fileName): [string, string][] => {
    const stem = stemOf(fileName);
    return stem === undefined || stem === name || stem.startsWith(`${name}.`) ? [] : [[fileName, stem]];
  });
  const isMisnamed = (stem: string): boolean => seemsSelected(name, stem, selectors);
  return {
    misnamed: stems.filter(([, stem]) => isMisnamed(stem)).map(([fileName]) => fileName),
    others: stems.filter(([, stem]) => !isMisnamed(stem)).map(([fileName]) => fileName),
  };
}

/** `production`, `app-production`, `app_production`, `production.app`; not `worker.production`, of another program. */
function seemsSelected(name: string, stem: string, selectors: FolderSelectors): boolean {
  const isSelector = (text: string): boolean =>
    parseEnvironment(text, selectors.environments) !== undefined || SELECTORS.some((one) => selectors[one] === text);
  const rest = stem.startsWith(name) ? stem.slice(name.length).replace(/^[-_]/, '') : stem;
  return isSelector(rest) || isSelector(rest.split('.')[0] ?? '');
}

/** @throws ConfigError `invalid-file-name`. */
export function refuseMisnamed(shown: string, name: string, [fileName]: readonly string[]): void {
  if (fileName === undefined) return;
  const ending = FILE_EXTENSIONS.find((extension) => fileName.endsWith(extension)) ?? '';
  throw new ConfigError({
    code: 'invalid-file-name',
    message: `The file ${fileName} in ${shown} is named like an environment, a region or another selector, and would be ignored.`,
    recovery: `Name it ${name}.{environment}${ending}, import it, or move it out of the folder.`,
  });
}

const MAX_SELECTORS = 1 + SELECTORS.length;

function stemOf(fileName: string): string | undefined {
  const extension = FILE_EXTENSIONS.find((ending) => fileName.endsWith(ending));
  return extension === undefined ? undefined : fileName.slice(0, -extension.length);
}

function selectedFile(
  shown: string,
  name: string,
  fileName: string,
  declared: DeclaredEnvironments | undefined,
): SelectedFile | undefined {
  const stem = stemOf(fileName);
  if (stem === undefined) return undefined;
  if (stem === name) return { fileName, selectors: [] };
  if (!stem.startsWith(`${name}.`)) return undefined;
  const [first = '', ...others] = stem.slice(name.length + 1).split('.');
  const environment = parseEnvironment(first, declared);
  if (environment === undefined) throw unknownEnvironment(shown, fileName, first, declared);
  if (others.length >= MAX_SELECTORS || others.includes('')) throw invalidName(shown, name, fileName);
  return { fileName, selectors: [environment, ...others] };
}

function unknownEnvironment(
  shown: string,
  fileName: string,
  found: string,
  declared: DeclaredEnvironments | undefined,
): ConfigError {
  const legal = environmentSpellings(declared).join(', ');
  return new ConfigError({
    code: 'unknown-environment',
    message: `The file ${fileName} in ${shown} is for "${found}", which is not an environment.`,
    recovery: `Name it after one of ${legal}${orDeclare(found, declared)}; or move it out of the folder.`,
  });
}

function invalidName(shown: string, name: string, fileName: string): ConfigError {
  return new ConfigError({
    code: 'invalid-file-name',
    message: `The name of the file ${fileName} in ${shown} has an empty selector, or more than ${String(MAX_SELECTORS)}.`,
    recovery: `Name it ${name}.{environment}.{region}.{zone}.{deployment}.{cohort}; all but the environment may be left out.`,
  });
}

function ambiguous(shown: string, one: SelectedFile, other: SelectedFile): ConfigError {
  return new ConfigError({
    code: 'ambiguous-file',
    message: `The files ${one.fileName} and ${other.fileName} in ${shown} are for the same selectors.`,
    recovery: 'Keep one of them.',
  });
}
