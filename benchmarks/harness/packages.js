import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { BENCHMARKS, ROOT } from './folders.js';

/**
 * Imports a package as the built uno-config sees it: uno-config itself or one of its dependencies. A bare import from
 * here would find the peers' copies first, and the floors must run the very parsers and validators that uno-config runs.
 */
export function importOurs(name) {
  return import(urlOfOurs(name));
}

/** The URL of what {@link importOurs} imports. */
export function urlOfOurs(name) {
  return urlOfEntry(name === 'uno-config' ? ROOT : path.join(ROOT, 'node_modules', name));
}

/** Imports a file of the built uno-config: a subpath's entry, or what is none. */
export function importBuilt(file) {
  return import(pathToFileURL(path.join(ROOT, 'dist', file)).href);
}

/** The version that is installed beside the benchmarks, undefined without one. */
export function peerVersion(name) {
  return manifestOf(path.join(BENCHMARKS, 'node_modules', name))?.version;
}

/** The version that the lock file of the benchmarks has. */
export function lockedPeerVersion(name) {
  return readJson(path.join(BENCHMARKS, 'package-lock.json'))?.packages[`node_modules/${name}`]?.version;
}

function urlOfEntry(folder) {
  const manifest = manifestOf(folder);
  if (manifest === undefined) throw new Error(`${folder} is not installed: npm install`);
  return pathToFileURL(path.join(folder, conditional(manifest.exports?.['.']) ?? manifest.main ?? 'index.js')).href;
}

/** Follows the conditions that an ESM import in Node follows. */
function conditional(target) {
  if (target === undefined || typeof target === 'string') return target;
  return conditional(target.node ?? target.import ?? target.default);
}

function manifestOf(folder) {
  return readJson(path.join(folder, 'package.json'));
}

/** The content of a JSON file, undefined when there is no such file. */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
