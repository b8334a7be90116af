import { writeContent } from '../harness/content/content.js';
import { COLD, reloadManyFiles } from '../harness/reload-one-leaf.js';

export default reloadManyFiles({
  title: '10,000 leaves, flat, 200 sections in 200 files',
  content: (times) => writeContent(10_000 * times, 'json'),
  target: { text: 'at most 1/229 of the cold load', ratios: { [COLD]: { atMost: 1 / 229 } } },
});
