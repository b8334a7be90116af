// The pages of a repository: README.md, the guide, and the doc comments of its source files.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { docCommentBlocks, markdownBlocks } from './blocks.js';

/** README.md, and every page in docs. */
export function guidePages(root) {
  return [...(existsSync(path.join(root, 'README.md')) ? ['README.md'] : []), ...filesBelow(root, 'docs', '.md')];
}

/** The blocks of these pages, in their order. */
export function guideBlocks(root) {
  return guidePages(root).flatMap((file) => markdownBlocks(readFileSync(path.join(root, file), 'utf8'), file));
}

/** The blocks of the doc comments in src. */
export function commentBlocks(root) {
  return filesBelow(root, 'src', '.ts').flatMap((file) =>
    docCommentBlocks(readFileSync(path.join(root, file), 'utf8'), file),
  );
}

function filesBelow(root, folder, extension) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true })
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .filter((name) => name.endsWith(extension))
    .sort();
}
