import { type ConfigLayer, type ConfigSource, isLoadAnswer, type LoadContext } from '../../../src/core/index.js';
import { loadContext } from '../file-fixtures.js';

/** The one layer of a source with revisions. */
export async function layerIn(source: ConfigSource, more: Partial<LoadContext> = {}): Promise<ConfigLayer> {
  const answer: unknown = await source.load(loadContext(more));
  const layers: unknown = isLoadAnswer(answer) ? answer.value : [];
  // What is an answer of a source over a cloud is a list of layers.
  const [layer] = layers as readonly ConfigLayer[];
  if (layer === undefined) throw new Error('it did not answer with a revision');
  return layer;
}
