// What happens inside a process, started with --expose-gc, that measures what containers keep.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { changeableLeaves, changeNumber } from '../content/change-leaf.js';
import { setVariables } from '../content/variables.js';
import { importOurs } from '../packages.js';
import { settledBytes } from '../settled-bytes.js';
import { declareOurs, sourceOf, sourcesOf, spellOurs } from '../subjects/uno-config.js';

const KEPT = 8;
/** So many changes until the engine has compiled what a reload runs: its code is no part of a generation. */
const WARM_UP = 40;

/**
 * Bytes that containers with the same settings keep: `first`, `second` while the first is held, and `generation`, what each
 * further generation of the history takes where one leaf differs from the one before.
 */
export async function measureContainers(content) {
  setVariables(content, spellOurs);
  const { library, classes } = await declareOurs(content);
  const { Container } = await importOurs('inversify');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'uno-config-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, path.basename(content.path));
  copyFileSync(content.path, file);
  const [, ...above] = sourcesOf(content, library);
  const open = async () => {
    const container = new Container();
    const sources = [sourceOf(content.format, library)(file), ...above];
    const reload = { watch: false, history: KEPT + WARM_UP + 1, settle: '0ms' };
    await container.loadAsync(library.ConfigModule.fromOptions({ sections: classes, sources, reload }));
    return container;
  };
  const before = await settledBytes();
  const one = await open();
  const afterOne = await settledBytes();
  const two = await open();
  const afterTwo = await settledBytes();

  const name = changeableLeaves(content)[0].at(-1);
  const reloads = one.get(library.ReloadService);
  const change = async (value) => {
    changeNumber(file, name, value);
    const outcome = await reloads.reload('measured');
    if (outcome.status !== 'committed') throw new Error(`the change was ${outcome.status}`);
  };
  for (let value = 1; value <= WARM_UP; value += 1) await change(value);
  const few = await settledBytes();
  for (let value = 1; value <= KEPT; value += 1) await change(WARM_UP + value);
  const more = await settledBytes();
  if (reloads.history().length !== KEPT + WARM_UP + 1)
    throw new Error(`${reloads.history().length} generations are kept`);
  await Promise.all([one.unbindAllAsync(), two.unbindAllAsync()]);
  return { first: afterOne - before, second: afterTwo - afterOne, generation: (more - few) / KEPT };
}
