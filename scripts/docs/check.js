// Type-checks every ```ts block of README.md, docs/ and the doc comments in src against the built package, and executes
// the blocks marked `run`. CONTRIBUTING.md ("Examples") says how to write them. Needs `npm run build` first.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileExamples, folderOf } from './examples.js';
import { followPage } from './follow-page.js';
import { brokenLinks, unlisted } from './links.js';
import { commentBlocks, guideBlocks, guidePages } from './pages.js';
import { missingHere } from './readers-packages.js';

const root = path.resolve(process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url)));

async function check() {
  const blocks = [...guideBlocks(root), ...commentBlocks(root)];
  const target = path.join(root, '.build/docs-examples');
  const { examples, problems, left } = compileExamples(blocks, target, missingHere);
  problems.push(...brokenLinks(root, guidePages(root)), ...unlisted(root, guidePages(root)));
  const runs = [...examples.values()].filter(({ run }) => run);
  for (const page of problems.length > 0 ? [] : new Set(runs.map((example) => example.page))) {
    const folder = path.join(target, 'followed', folderOf(page));
    const ofPage = blocks.filter((block) => block.page === page);
    problems.push(...(await followPage(ofPage, examples, { folder, commands: false })).problems);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(`${examples.size} examples compile, ${runs.length} of them ran`);
  if (left > 0) {
    console.log(`Left to npm run guides: ${left} examples with packages that are not here (${missingHere.join(', ')})`);
  }
}

try {
  await check();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
