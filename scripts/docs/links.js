// Finds links between the pages that lead nowhere.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @param {string} root
 * @param {string[]} pages relative to it
 * @returns {string[]} problems
 */
export function brokenLinks(root, pages) {
  const anchors = new Map();
  const anchorsOf = (file) => {
    if (!anchors.has(file)) anchors.set(file, headings(readFileSync(path.join(root, file), 'utf8')));
    return anchors.get(file);
  };
  return pages.flatMap((page) => {
    const text = withoutBlocks(readFileSync(path.join(root, page), 'utf8'));
    return [...text.matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].flatMap(([, link]) => {
      const [file, anchor] = link.split('#');
      const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
      if (!existsSync(path.join(root, target))) return [`${page} links to ${link}, and there is no such file`];
      if (anchor === undefined || anchorsOf(target).has(anchor)) return [];
      return [`${page} links to ${link}, and there is no such heading`];
    });
  });
}

/** Pages beside an index.md that it does not link to. */
export function unlisted(root, pages) {
  return pages
    .filter((page) => path.posix.basename(page) === 'index.md')
    .flatMap((index) => {
      const text = readFileSync(path.join(root, index), 'utf8');
      const beside = pages.filter((page) => path.posix.dirname(page) === path.posix.dirname(index) && page !== index);
      return beside
        .filter((page) => !text.includes(`](${path.posix.basename(page)}`))
        .map((page) => `${index} does not list ${page}`);
    });
}

const withoutBlocks = (text) => text.replace(/^( *)(`{3,})[^\n]*\n[\s\S]*?^\1\2 *$/gm, '');

/** The anchors that a forge makes of headings. */
function headings(text) {
  const seen = new Map();
  const lines = withoutBlocks(text).match(/^#+ .*$/gm) ?? [];
  return new Set(
    lines.map((line) => {
      const words = line.replace(/^#+ /, '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
      const anchor = words
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-');
      const count = seen.get(anchor) ?? 0;
      seen.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    }),
  );
}
