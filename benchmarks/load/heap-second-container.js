import { keptByContainer } from '../harness/containers.js';

export default keptByContainer({
  title: 'heap kept by a second container with the same settings',
  part: 'second',
  target: { text: 'at most 1 MiB', median: { atMost: 1024 } },
});
