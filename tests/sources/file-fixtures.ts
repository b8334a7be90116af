import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';
import type { ConfigLayer, ConfigSource, LoadContext } from '../../src/core/index.js';
import { ConfigError, isConfigLayer, silentLogger } from '../../src/core/index.js';

const folders: string[] = [];

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A folder that is gone after the test, with files in it. */
export async function temporaryFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'uno-config-')));
  folders.push(folder);
  await addFiles(folder, files);
  return folder;
}

/** Writes files, and the folders they need. */
export async function addFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** What a source is told when it loads. */
export function loadContext(overrides: Partial<LoadContext> = {}): LoadContext {
  return {
    environment: 'development',
    schema: { kind: 'section', keys: new Map(), spellings: new Map(), open: true },
    signal: new AbortController().signal,
    logger: silentLogger,
    settle: 0,
    ...overrides,
  };
}

/** The layers of a source, low to high. */
export async function layersOf(source: ConfigSource, overrides: Partial<LoadContext> = {}): Promise<ConfigLayer[]> {
  const result: unknown = await source.load(loadContext(overrides));
  const layers: unknown[] = Array.isArray(result) ? result : [result];
  return layers.map((layer) => {
    if (!isConfigLayer(layer)) throw new Error('the source did not answer layers');
    return layer;
  });
}

/** The one layer of a source. */
export async function layerOf(source: ConfigSource, overrides: Partial<LoadContext> = {}): Promise<ConfigLayer> {
  const [layer, ...others] = await layersOf(source, overrides);
  if (layer === undefined || others.length > 0) throw new Error('the source did not answer one layer');
  return layer;
}

/** The ConfigError that something ends with. */
export async function failureOf(work: Promise<unknown>): Promise<ConfigError> {
  try {
    await work;
  } catch (error) {
    if (ConfigError.is(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** A value as JSON has it, without the prototypes that parsers choose. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
