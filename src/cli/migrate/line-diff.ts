import { type ConfigMap, type ConfigPath, isConfigMap, MASK, maskCredentials } from '../../core/index.js';
import { type LoadPlan, secretsOfDocument } from '../../runtime/index.js';
import { printable } from '../output-text.js';

export interface Hunk {
  readonly line: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

const MOST_CELLS = 4_000_000;

export function hunksOf(before: string, after: string): readonly Hunk[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < Math.min(old.length, now.length) && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const [a, b] = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)];
  if (a.length * b.length > MOST_CELLS) return [{ line: head + 1, removed: a, added: b }];
  return joined([...pairs(a, b)], head);
}

/** For each line of one text or the other whether it is kept, in order. */
function* pairs(a: readonly string[], b: readonly string[]): Generator<'both' | { old: string } | { now: string }> {
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const [skipOld, skipNow] = [common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0];
      common[i * width + j] = a[i] === b[j] ? (common[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(skipOld, skipNow);
    }
  }
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const [old, now] = [a[i], b[j]];
    const isOld = (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0);
    if (old !== undefined && old === now) {
      yield 'both';
      i++;
      j++;
    } else if (old !== undefined && (now === undefined || isOld)) {
      yield { old };
      i++;
    } else {
      yield { now: now ?? '' };
      j++;
    }
  }
}

function joined(lines: readonly ('both' | { old: string } | { now: string })[], head: number): readonly Hunk[] {
  const hunks: { line: number; removed: string[]; added: string[] }[] = [];
  let line = head + 1;
  let open = false;
  for (const each of lines) {
    if (each === 'both') {
      line++;
      open = false;
      continue;
    }
    if (!open) hunks.push({ line, removed: [], added: [] });
    open = true;
    if ('old' in each) {
      hunks.at(-1)?.removed.push(each.old);
      line++;
    } else hunks.at(-1)?.added.push(each.now);
  }
  return hunks;
}

/** Makes a line of a file one that may be shown: what is declared a secret is masked, and what looks like one. */
export function maskLines(trees: readonly ConfigMap[], plan: LoadPlan): (line: string) => string {
  const secrets = new Set(trees.flatMap((tree) => [...secretTexts(tree, [], secretsOfDocument(tree, plan))]));
  const longest = [...secrets].toSorted((one, other) => other.length - one.length);
  const flowing = longest.filter((secret) => /\s/.test(secret)).map((secret) => secret.replaceAll(/\s+/g, ' '));
  return (line) => {
    const masked = longest.reduce((text, secret) => text.replaceAll(secret, MASK), line);
    const spelled = [unescaped(masked), masked.replaceAll("''", "'")];
    const isEscaped = longest.some((secret) => spelled.some((text) => text !== masked && text.includes(secret)));
    const piece = pieceOf(masked);
    const isPiece = piece.length > 2 && flowing.some((secret) => secret.includes(piece));
    if (isEscaped || isPiece) return `${/^\s*/.exec(line)?.[0] ?? ''}${MASK}`;
    return printable(maskCredentials(masked));
  };
}

const ESCAPE = /\\(?:u([\da-f]{4})|U([\da-f]{8})|x([\da-f]{2})|(.))/gi;

/** A line whose escapes are what they stand for. */
function unescaped(line: string): string {
  return line.replaceAll(ESCAPE, (whole, ...found: readonly (string | undefined)[]) => {
    const code = Number.parseInt(found.slice(0, 3).find((digits) => digits !== undefined) ?? '', 16);
    if (Number.isNaN(code)) return { t: '\t', n: '\n', r: '\r' }[found[3] ?? ''] ?? found[3] ?? whole;
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });
}

/** What a line may hold of a value that goes on over several. */
function pieceOf(line: string): string {
  // Bounded: a line may be as long as a file.
  return line
    .trim()
    .replace(/^(?:-\s{1,20}){0,20}(?:["']?[\w.$-]{1,200}["']?\s{0,20}[:=](?=\s|$))?\s{0,20}["']?/, '')
    .replace(/["'\\,]{1,3}$/, '')
    .replaceAll(/\s+/g, ' ');
}

function* secretTexts(
  value: unknown,
  path: ConfigPath,
  isSecret: (path: ConfigPath) => boolean,
): Generator<string, void, undefined> {
  if (Array.isArray(value) || isConfigMap(value)) {
    for (const [key, below] of Object.entries(value)) yield* secretTexts(below, [...path, key], isSecret);
  } else if ((typeof value === 'string' || typeof value === 'number') && isSecret(path)) {
    // Of several lines each is shown by itself.
    yield* String(value)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }
}
