import { extname } from 'node:path';
import type { FileFormat } from './file-format.js';
import { jsonFormat, jsonWithCommentsFormat } from './json-format.js';
import { tomlFormat } from './toml-format.js';
import { yamlFormat } from './yaml-format.js';

const FORMATS: ReadonlyMap<string, FileFormat> = new Map([
  ['.yaml', yamlFormat],
  ['.yml', yamlFormat],
  ['.json', jsonFormat],
  ['.jsonc', jsonWithCommentsFormat],
  ['.toml', tomlFormat],
]);

/** The endings of the files that can be read, as messages list them. */
export const FILE_EXTENSIONS: readonly string[] = Object.freeze([...FORMATS.keys()]);

/** The format of a file's extension, in any case. */
export function formatByExtension(path: string): FileFormat | undefined {
  return FORMATS.get(extname(path).toLowerCase());
}
