import { writeContent } from '../harness/content/content.js';
import { COLD, reloadOneFile } from '../harness/reload-one-leaf.js';

export default reloadOneFile({
  title: '10,000 leaves, flat, one file, JSON',
  content: () => writeContent(10_000, 'json'),
  target: { text: 'at most 1/30 of the cold load', ratios: { [COLD]: { atMost: 1 / 30 } } },
});
