import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { importOurs } from '../packages.js';
import { buildTree, describeSections } from './sections.js';

let folder;

/**
 * Writes a configuration to a temporary file and tells where: `{ leaves, format, path }`, with format `json` or `yaml`.
 * With `broken`, one leaf in the middle breaks its rule: everybody who validates must refuse it.
 */
export async function writeContent(leaves, format, { broken = false } = {}) {
  if (folder === undefined) {
    folder = mkdtempSync(path.join(os.tmpdir(), 'uno-config-bench-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
  const tree = buildTree(leaves);
  if (broken) breakOneLeaf(tree, describeSections(leaves));
  // A folder for each, and the name that the package `config` looks for.
  const target = path.join(folder, `${leaves}-${format}${broken ? '-broken' : ''}`);
  mkdirSync(target, { recursive: true });
  const file = path.join(target, `default.${format}`);
  writeFileSync(file, await toText(tree, format));
  return { leaves, format, path: file };
}

function breakOneLeaf(tree, sections) {
  const section = sections[sections.length >> 1];
  const field = section.fields.find(({ kind }) => kind === 'integer');
  tree[section.name][field.name] = field.max + 1;
}

async function toText(tree, format) {
  if (format === 'json') return `${JSON.stringify(tree, null, 2)}\n`;
  const { dump } = await importOurs('js-yaml');
  return dump(tree);
}
