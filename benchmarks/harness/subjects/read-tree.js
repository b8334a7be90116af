import { readFile } from 'node:fs/promises';
import { PREFIX, SEPARATOR } from '../content/variables.js';
import { importOurs } from '../packages.js';

/**
 * A function that reads the files, parses them, merges them and applies the environment variables: what the floors do,
 * and what peers take that leave it to the user.
 */
export function treeReader({ path, overlay, variables }, parse) {
  const read = async (file) => parse(await readFile(file, 'utf8'));
  if (overlay === undefined) return () => read(path);
  return async () => {
    const [tree, above] = await Promise.all([read(path), read(overlay)]);
    merge(tree, above);
    if (variables) applyVariables(tree);
    return tree;
  };
}

/** The parser that uno-config uses for the format. */
export async function parserOf(format) {
  if (format === 'json') return JSON.parse;
  const { load } = await importOurs('js-yaml');
  return load;
}

/** The sections of a tree, in order. */
export function sectionsOf(tree, { root }) {
  return Object.values(root === undefined ? tree : tree[root]);
}

function merge(tree, above) {
  for (const key of Object.keys(above)) {
    const value = above[key];
    if (typeof value === 'object') merge(tree[key], value);
    else tree[key] = value;
  }
}

function applyVariables(tree) {
  for (const name of Object.keys(process.env)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = name.slice(PREFIX.length).split(SEPARATOR);
    const last = path.pop();
    const holder = path.reduce((group, key) => group[key], tree);
    const text = process.env[name];
    holder[last] = typeof holder[last] === 'number' ? Number(text) : text;
  }
}
