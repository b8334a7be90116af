import { keptByContainer } from '../harness/containers.js';

export default keptByContainer({
  title: 'heap kept by a generation of the history that differs in one leaf',
  part: 'generation',
  target: { text: 'at most 20 KiB', median: { atMost: 20 } },
});
