import { writeService } from '../harness/content/content.js';
import { retainedHeap } from '../harness/heap.js';

export default retainedHeap({
  title: 'heap kept by 10,000 leaves, service, JSON, with 100 variables, origins included, above the declarations',
  leaves: 10_000,
  few: 100,
  writeContent: (leaves) => writeService(leaves, 'json'),
  target: { text: 'at most 6 MiB, heading for 4', median: { atMost: 6 * 1024 } },
});
