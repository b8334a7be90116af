// Compares what a page shows with what was printed. A reader knows that times and key ids are theirs, and that `…` stands
// for what was left out; nothing else may differ.

const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`;
/** A key's id: its keyring's name and 16 letters, such as `orders/mPq0vKx3Zt7cRb1D`. */
const keyId = String.raw`[\w.-]+/(?=[\w-]*[A-Z\d])[\w-]{16}(?![\w./-])`;
const varying = new RegExp(`(${time})|(${keyId})|(^ *…$)|(…)`, 'gm');

/**
 * Whether `printed` is what the page shows. Key ids that the page shows for the first time are remembered in `ids`.
 * @param {string} shown
 * @param {string} printed
 * @param {Map<string, string>} ids from a key id of the page to that of this run
 */
export function isAsShown(shown, printed, ids = new Map()) {
  const found = [];
  let [pattern, end] = ['', 0];
  for (const { 0: text, 1: isTime, 2: isId, 3: isLines, index } of shown.matchAll(varying)) {
    pattern += literally(shown.slice(end, index));
    end = index + text.length;
    if (isTime) pattern += time;
    else if (isId && ids.has(text)) pattern += literally(ids.get(text));
    else if (isId && found.includes(text)) pattern += `\\${found.indexOf(text) + 1}`;
    else if (isId) {
      found.push(text);
      pattern += `(${keyId})`;
    } else pattern += isLines ? String.raw`[\s\S]*?` : '.*?';
  }
  const match = new RegExp(`^${pattern}${literally(shown.slice(end))}$`).exec(printed);
  if (match === null) return false;
  for (const [index, id] of found.entries()) ids.set(id, match[index + 1]);
  return true;
}

/** `text` with the key ids of this run in place of those of the page. */
export function withIds(text, ids) {
  let result = text;
  for (const [shown, real] of ids) result = result.replaceAll(shown, real);
  return result;
}

const literally = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
