import { writeContent } from '../harness/content/content.js';
import { FIELDS_PER_SECTION } from '../harness/content/sections.js';
import { retainedHeap } from '../harness/heap.js';

export default retainedHeap({
  title: 'heap kept by 10,000 leaves, flat, JSON, origins included, above the declarations',
  leaves: 10_000,
  few: FIELDS_PER_SECTION,
  writeContent: (leaves) => writeContent(leaves, 'json'),
  target: { text: 'at most 2.2x the plain object', ratios: { plain: { atMost: 2.2 } } },
});
