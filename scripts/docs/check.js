// Type-checks every ```ts block of README.md, docs/ and the doc comments in src against the built package, and executes
// the blocks marked `run`. CONTRIBUTING.md ("Examples") says how to write them. Needs `npm run build` first.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingServicePackages } from '../services.js';
import { compileExamples, folderOf } from './examples.js';
import { followPage } from './follow-page.js';
import { commentBlocks, guideBlocks } from './pages.js';

const root = path.resolve(process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url)));

async function check() {
  const blocks = [...guideBlocks(root), ...commentBlocks(root)];
  const { examples, problems, left } = compileExamples(blocks, path.join(root, '.build/docs-examples'));
  const runs = [...examples.values()].filter(({ run }) => run);
  for (const page of problems.length > 0 ? [] : new Set(runs.map((example) => example.page))) {
    const folder = path.join(root, '.build/docs-followed', folderOf(page));
    const ofPage = blocks.filter((block) => block.page === page);
    problems.push(...(await followPage(ofPage, examples, { folder, commands: false })).problems);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(`${examples.size} examples compile, ${runs.length} of them ran`);
  if (left > 0) {
    const missing = missingServicePackages.join(', ');
    console.log(`Skipped: ${left} examples, without ${missing} (npm ci --prefix tests/services)`);
  }
}

try {
  await check();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
