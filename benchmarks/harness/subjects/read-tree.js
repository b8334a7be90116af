import { readFile } from 'node:fs/promises';
import { importOurs } from '../packages.js';

/** A function that reads the file and parses it: what the floors do, and what peers take that leave reading to the user. */
export async function treeReader({ format, path }) {
  const parse = await parserOf(format);
  return async () => parse(await readFile(path, 'utf8'));
}

/** The parser that uno-config uses for the format. */
export async function parserOf(format) {
  if (format === 'json') return JSON.parse;
  const { load } = await importOurs('js-yaml');
  return load;
}
