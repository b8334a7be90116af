import { writeContent } from '../harness/content/content.js';
import { reloadOneFile } from '../harness/reload-one-leaf.js';

export default reloadOneFile({
  title: '10,000 leaves, flat, one file, YAML',
  content: () => writeContent(10_000, 'yaml'),
});
