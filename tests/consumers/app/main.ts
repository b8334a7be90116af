import { writeFileSync } from 'node:fs';
import { outcome } from './outcome.js';

// No top-level await: this file is also compiled to CommonJS.
void outcome().then((result) => {
  writeFileSync('outcome.json', JSON.stringify(result));
});
