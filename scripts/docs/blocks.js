// Finds the fenced blocks of Markdown pages and of doc comments. CONTRIBUTING.md ("Examples") has the words of a fence.

/**
 * @typedef {object} Block
 * @property {string} page   file the block is in; for a doc comment `file:line` of the comment, so it is a page of its own
 * @property {string} file   file the block is in
 * @property {number} line   line of the block's first line of code, counted from 1
 * @property {string} language  first word of the fence, such as `ts`
 * @property {boolean} run   `ts run`: executed as well as compiled
 * @property {boolean} output  `text output`: what the block before it prints
 * @property {boolean} serves  `sh serves`: runs until the next such block, or the end of the page
 * @property {boolean} replace  `yaml file=x replace`: the file anew, not another part of it
 * @property {string | undefined} name  `file=name`: the file the block is, or is a part of
 * @property {string | undefined} skip  `skip="a server"`: what a reader needs to run it that we do not have
 * @property {string} code
 */

/** Languages whose blocks are commands. */
export const shells = ['sh', 'console'];

const fence = /^(\s*)(`{3,})(.*)$/;

/**
 * @param {string} text
 * @param {string} file
 * @returns {Block[]}
 */
export function markdownBlocks(text, file, page = file, firstLine = 1) {
  const blocks = [];
  let open;
  for (const [index, line] of text.split('\n').entries()) {
    const [, indent, ticks, info] = fence.exec(line) ?? [];
    if (open) {
      if (ticks !== undefined && ticks.length >= open.ticks.length && info.trim() === '') {
        blocks.push(toBlock(open, file, page));
        open = undefined;
      } else {
        open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line.trimStart());
      }
    } else if (ticks !== undefined) {
      open = { indent, ticks, info: info.trim(), line: firstLine + index + 1, lines: [] };
    }
  }
  if (open) throw new Error(`${file}:${open.line - 1} the block is never closed`);
  return blocks;
}

/**
 * The blocks of all doc comments of a TypeScript file.
 * @param {string} text
 * @param {string} file
 * @returns {Block[]}
 */
export function docCommentBlocks(text, file) {
  return [...text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].flatMap((comment) => {
    const firstLine = text.slice(0, comment.index).split('\n').length;
    const body = comment[0].replace(/^[ \t]*\/\*\*/, '').replace(/\*\/$/, '');
    const page = body
      .split('\n')
      .map((line) => line.replace(/^\s*\* ?/, ''))
      .join('\n');
    const blocks = markdownBlocks(page, file, `${file}:${firstLine}`, firstLine);
    if (/^@example\b/m.test(page) && !blocks.some(({ language }) => language === 'ts')) {
      throw new Error(`${file}:${firstLine} the @example has no \`\`\`ts block, so nothing checks it`);
    }
    return blocks;
  });
}

function toBlock({ info, line, lines }, file, page) {
  const [, language, rest] = /^(\S*)(.*)$/.exec(info);
  const fail = (words) => {
    throw new Error(`${file}:${line - 1} ${words}`);
  };
  if (language === 'typescript') fail('write ```ts, so that the block is checked');
  const block = { page, file, line, language, code: lines.join('\n') };
  for (const [, word, quoted, plain] of rest.matchAll(/([^\s=]+)(?:=(?:"([^"]*)"|(\S+)))?/g)) {
    const value = quoted ?? plain;
    const known = wordsOf(language)[word];
    if (known !== typeof value)
      fail(`\`\`\`${language} knows ${Object.keys(wordsOf(language)).join(', ')}, not ${word}`);
    block[word === 'file' ? 'name' : word] = value ?? true;
  }
  if (/^[/]|[.]{2}/.test(block.name ?? '')) fail(`file=${block.name} leaves the page's folder`);
  return block;
}

/** The words that may follow a language, and whether they have a value. */
function wordsOf(language) {
  if (language === 'ts') return { run: 'undefined', file: 'string' };
  if (shells.includes(language)) return { serves: 'undefined', skip: 'string' };
  const file = { file: 'string', replace: 'undefined' };
  return language === 'text' ? { output: 'undefined', ...file } : file;
}
