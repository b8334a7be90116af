import { readFileSync, writeFileSync } from 'node:fs';
import { leavesOf } from './sections.js';

/** For each section the path, from the section on, of an integer that only the base sets and whose name is its own. */
export function changeableLeaves(content) {
  const above = content.root === undefined ? 0 : 1;
  const bySection = new Map();
  for (const { path: keys, field } of leavesOf(content)) {
    if (field.kind !== 'integer' || field.base !== field.value || field.name === 'limit00') continue;
    if (!bySection.has(keys[above])) bySection.set(keys[above], keys.slice(above + 1));
  }
  return [...bySection.values()];
}

/** Writes another value for the number of that name into a JSON or YAML file. */
export function changeNumber(file, name, value) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(new RegExp(`(\\b${name}"?: )\\d+`), `$1${value}`));
}
