// Follows every page of the guide as a new user does: in an empty folder with the packed package, block by block. Ends with
// how many blocks ran, how many were only compiled or shown, and which were skipped and why.
//
//   npm run guides [-- page ...]      UNO_CONFIG_TARBALL=file uses a tarball that is already there
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingServicePackages } from '../services.js';
import { compileExamples, folderOf } from './examples.js';
import { followPage } from './follow-page.js';
import { guideBlocks } from './pages.js';
import { readersPackages } from './readers-packages.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the npm that runs us says of this package is not true of the reader's. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_)|npm_config_local_prefix$|NODE_OPTIONS$)/.test(name),
  ),
);
const npm = (folder, ...words) => execFileSync('npm', words, { cwd: folder, env, encoding: 'utf8' });

function pack(folder) {
  const [{ filename }] = JSON.parse(npm(root, 'pack', '--json', '--silent', '--pack-destination', folder));
  return path.join(folder, filename);
}

const of = (count, words) => (count > 0 ? [`${count} ${words}`] : []);

const describe = ({ files, ran, compiled, commands, compared, shown }) =>
  [
    ...of(files, 'files'),
    ...of(ran, 'examples ran'),
    ...of(commands, 'commands ran'),
    ...of(compared, 'outputs compared'),
    ...of(compiled, 'compiled only'),
    ...of(shown, 'shown only'),
  ].join(', ');

async function follow(workplace, names) {
  const tarball = path.resolve(process.env.UNO_CONFIG_TARBALL ?? pack(workplace));
  writeFileSync(path.join(workplace, 'package.json'), '{ "private": true, "type": "module" }\n');
  npm(workplace, 'install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', tarball, ...readersPackages);

  const blocks = guideBlocks(root).filter(
    ({ page }) => names.length === 0 || names.includes(path.basename(page, '.md')),
  );
  const { examples, problems } = compileExamples(blocks, path.join(workplace, 'compiled'), missingServicePackages);
  const [total, skipped] = [{}, []];
  for (const page of problems.length > 0 ? [] : new Set(blocks.map((block) => block.page))) {
    const start = Date.now();
    const result = await followPage(
      blocks.filter((block) => block.page === page),
      examples,
      {
        folder: path.join(workplace, 'pages', folderOf(page), 'empty'),
        commands: true,
        // The reader's registry has the package.
        prepare: (command) => command.replace(/(npm (?:i|install) [^\n&|;]*?)\buno-config\b/g, `$1${tarball}`),
      },
    );
    problems.push(...result.problems);
    skipped.push(...result.skipped);
    for (const [name, count] of Object.entries(result.counts)) total[name] = (total[name] ?? 0) + count;
    const verdict = result.problems.length > 0 ? 'FAILED' : 'ok    ';
    console.log(`${verdict}  ${page}: ${describe(result.counts)} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  }
  return { problems, skipped, total };
}

const workplace = mkdtempSync(path.join(tmpdir(), 'uno-guides-'));
try {
  const { problems, skipped, total } = await follow(workplace, process.argv.slice(2));
  console.log(`\n${describe(total)}, ${skipped.length} skipped${skipped.length > 0 ? ':' : ''}`);
  for (const place of skipped) console.log(`  ${place}`);
  if (problems.length > 0) throw new Error(`\n${problems.join('\n')}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(workplace, { recursive: true, force: true });
}
