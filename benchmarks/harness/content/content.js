import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { importOurs } from '../packages.js';
import { buildOverlay, buildTree, describeSections } from './sections.js';

/** The root key of the service shape's variant that has one. */
export const ROOT_KEY = 'service';

let folder;

/**
 * Writes a flat configuration to a temporary file and tells where: `{ shape, leaves, format, path }`, with format `json`
 * or `yaml`. With `broken`, one leaf in the middle breaks its rule: everybody who validates must refuse it.
 */
export async function writeContent(leaves, format, { broken = false } = {}) {
  return write({ shape: 'flat', leaves, format }, { broken });
}

/**
 * Writes the configuration of a service, a base file and an overlay:
 * `{ shape, leaves, format, root?, path, overlay, variables }`. `variables` says whether environment variables belong
 * to it; who loads it puts them into its process (variables.js).
 */
export async function writeService(leaves, format, { broken = false, oneRoot = false, variables = true } = {}) {
  return write({ shape: 'service', leaves, format, ...(oneRoot && { root: ROOT_KEY }), variables }, { broken });
}

async function write(content, { broken }) {
  const { shape, leaves, format, root } = content;
  if (folder === undefined) {
    folder = mkdtempSync(path.join(os.tmpdir(), 'uno-config-bench-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
  const tree = buildTree(content);
  if (broken) breakOneLeaf(root === undefined ? tree : tree[root], describeSections(content));
  // A folder for each, and the names that the package `config` looks for.
  const target = path.join(folder, [shape, leaves, format, root, broken && 'broken'].filter(Boolean).join('-'));
  mkdirSync(target, { recursive: true });
  const file = async (name, content) => {
    const written = path.join(target, `${name}.${format}`);
    writeFileSync(written, await toText(content, format));
    return written;
  };
  return {
    ...content,
    path: await file('default', tree),
    ...(shape === 'service' && { overlay: await file('production', buildOverlay(content)) }),
  };
}

/** A leaf that no overlay and no variable covers. */
function breakOneLeaf(tree, sections) {
  const section = sections[sections.length >> 1];
  const [holder, fields] =
    section.groups.length === 0
      ? [tree[section.name], section.fields]
      : [tree[section.name][section.groups[0].name], section.groups[0].fields];
  const field = fields.find(({ kind, base, value }) => kind === 'integer' && base === value);
  holder[field.name] = field.max + 1;
}

async function toText(tree, format) {
  if (format === 'json') return `${JSON.stringify(tree, null, 2)}\n`;
  const { dump } = await importOurs('js-yaml');
  return dump(tree);
}
