// Type-checks every ```ts block of README.md, docs/ and the doc comments in src against the built package, and executes
// the blocks marked `run`, but those of pages that name a package which only a reader installs: `npm run guides` runs them.
// CONTRIBUTING.md ("Examples") says how to write them. Needs `npm run build` first.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileExamples, folderOf } from './examples.js';
import { followPage } from './follow-page.js';
import { brokenLinks, unlisted } from './links.js';
import { commentBlocks, guideBlocks, guidePages } from './pages.js';
import { missingHere, notAtTheRoot } from './readers-packages.js';

const root = path.resolve(process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url)));

async function check() {
  const blocks = [...guideBlocks(root), ...commentBlocks(root)];
  const target = path.join(root, '.build/docs-examples');
  const { examples, problems, left } = compileExamples(blocks, target, missingHere);
  problems.push(...brokenLinks(root, guidePages(root)), ...unlisted(root, guidePages(root)));
  const runnable = [...examples.values()].filter(({ run }) => run);
  const runs = runnable.filter(({ page }) => !notAtTheRoot.some((name) => textOf(page).includes(name)));
  for (const page of problems.length > 0 ? [] : new Set(runs.map((example) => example.page))) {
    const folder = path.join(target, 'followed', folderOf(page));
    const ofPage = blocks.filter((block) => block.page === page);
    problems.push(...(await followPage(ofPage, examples, { folder, commands: false })).problems);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(`${examples.size} examples compile, ${runs.length} of them ran`);
  const later = left + runnable.length - runs.length;
  if (later > 0) {
    const names = [...new Set([...missingHere, ...notAtTheRoot])];
    console.log(`Left to npm run guides: ${later} examples with packages that are not here (${names.join(', ')})`);
  }
}

/** Of a guide page; a doc comment is a page without one. */
function textOf(page) {
  return page.endsWith('.md') ? readFileSync(path.join(root, page), 'utf8') : '';
}

try {
  await check();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
