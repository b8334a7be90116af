// Finds the fenced blocks of Markdown pages and of doc comments, and says where each stands.

/**
 * @typedef {object} Block
 * @property {string} page   file the block stands in; for a doc comment `file:line` of the comment, so it is a page of its own
 * @property {string} file   file the block stands in
 * @property {number} line   line of the block's first line of code, counted from 1
 * @property {string} language  first word of the fence, such as `ts`
 * @property {boolean} run   `ts run`: to be executed as well
 * @property {boolean} output  `text output`: what the block before it prints
 * @property {string | undefined} name  `file=name`: the file the block is, or is a part of
 * @property {string} code
 */

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
  const [language = '', ...words] = info.split(/\s+/);
  const name = words.find((word) => word.startsWith('file='))?.slice('file='.length);
  const unknown = words.find((word) => word !== 'run' && word !== 'output' && !word.startsWith('file='));
  if (language === 'typescript') throw new Error(`${file}:${line - 1} write \`\`\`ts, so that the block is checked`);
  if (language === 'ts' && unknown) throw new Error(`${file}:${line - 1} knows run and file=, not ${unknown}`);
  if (name !== undefined && (name.startsWith('/') || name.includes('..'))) {
    throw new Error(`${file}:${line - 1} file=${name} leaves the page's folder`);
  }
  const [run, output] = [words.includes('run'), words.includes('output')];
  return { page, file, line, language, run, output, name, code: lines.join('\n') };
}
