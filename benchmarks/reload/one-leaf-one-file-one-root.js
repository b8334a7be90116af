import { writeService } from '../harness/content/content.js';
import { COLD, reloadOneFile } from '../harness/reload-one-leaf.js';

export default reloadOneFile({
  title: '10,000 leaves, service below one root key, one base file, JSON',
  content: () => writeService(10_000, 'json', { oneRoot: true }),
  target: { text: 'at most 1/10 of the cold load', ratios: { [COLD]: { atMost: 1 / 10 } } },
});
