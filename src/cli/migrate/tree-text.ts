import { type ConfigMap, type ConfigPath, formatPath, isConfigMap, sameValue } from '../../core/index.js';
import { edited, valueAt } from '../../runtime/index.js';
import { type FileFormat, lineStarts, placeOf, type PositionNode, type TextSpan } from '../../sources/index.js';
import { inserted, moved, removed, renamed, replaced, type SpliceStart } from './splices.js';

/** One value that is to stand elsewhere, or differently. */
export type TextChange =
  | { readonly kind: 'set'; readonly path: ConfigPath; readonly value: unknown }
  | { readonly kind: 'remove'; readonly path: ConfigPath }
  | { readonly kind: 'move'; readonly from: ConfigPath; readonly to: ConfigPath }
  /** `after` names a key of the same map behind which it belongs. */
  | { readonly kind: 'insert'; readonly path: ConfigPath; readonly value: unknown; readonly after?: string };

/** Why a text stays as it is, with a place in it. */
export class TextRefusal extends Error {
  public override readonly name = 'TextRefusal';
  public readonly line: number;
  public readonly column: number;
  public readonly hint: string;

  public constructor(message: string, hint: string, { line, column }: ReturnType<typeof placeOf>) {
    super(message);
    this.line = line;
    this.column = column;
    this.hint = hint;
  }
}

/** A document that is changed by splices into its text, each of which is parsed to see that it means what it should. */
export class TreeText {
  readonly #format: FileFormat;
  #start: SpliceStart;

  private constructor(format: FileFormat, start: SpliceStart) {
    this.#format = format;
    this.#start = start;
  }

  /** `undefined` for a text that is not valid, or no map. */
  public static async parse(format: FileFormat, text: string): Promise<TreeText | undefined> {
    const start = await parsed(format, text);
    return start && new TreeText(format, start);
  }

  public get text(): string {
    return this.#start.text;
  }

  public get tree(): ConfigMap {
    return this.#start.tree;
  }

  public placeOf(path: ConfigPath): ReturnType<typeof placeOf> {
    return placeOf(lineStarts(this.text), offsetOf(this.#start.root, path));
  }

  /** @throws TextRefusal when no splice gives exactly the wanted tree. */
  public async apply(change: TextChange): Promise<void> {
    if (change.kind === 'move') return this.#move(change.from, change.to);
    const { path } = change;
    if (change.kind === 'set' && sameValue(valueAt(this.tree, path), change.value)) return;
    if (change.kind === 'remove') return this.#splice(path, change, () => removed(this.#start, path, false));
    if (change.kind === 'set') return this.#splice(path, change, () => replaced(this.#start, path, change.value));
    return this.#splice(path, change, () => inserted(this.#start, path, change.value, change.after));
  }

  /**
   * Changes what is below keys at the root, one key after the other: each as a text of its own where its lines are one,
   * so that not all of the text is parsed after each change. What is changed twice has been given up the first time.
   */
  public async changeBelow(
    keys: readonly string[],
    change: (text: TreeText, key: string) => Promise<void>,
  ): Promise<void> {
    const now = await this.#changedApart(keys, change);
    if (now !== undefined) this.#start = now;
    else for (const key of keys) await change(this, key);
  }

  async #changedApart(
    keys: readonly string[],
    change: (text: TreeText, key: string) => Promise<void>,
  ): Promise<SpliceStart | undefined> {
    const lines = linesBelow(this.#start);
    const pieces: string[] = [this.text.slice(0, lines[0]?.start)];
    const wanted = { ...this.tree };
    const chosen = new Set(keys);
    try {
      for (const { key, start, end } of lines) {
        const own = this.text.slice(start, end);
        pieces.push(own);
        if (!chosen.has(key)) continue;
        const apart = await TreeText.parse(this.#format, own);
        if (apart === undefined) return undefined;
        await change(apart, key);
        pieces.splice(-1, 1, apart.text);
        Object.assign(wanted, apart.tree);
      }
    } catch (error) {
      // Its place is to be that in all of the text.
      if (error instanceof TextRefusal) return undefined;
      throw error;
    }
    const now = lines.length === 0 ? undefined : await parsed(this.#format, pieces.join(''));
    return now !== undefined && sameValue(now.tree, wanted) ? now : undefined;
  }

  async #move(from: ConfigPath, to: ConfigPath): Promise<void> {
    const value = valueAt(this.tree, from);
    const isHere = from.length === to.length && sameValue([...from.slice(0, -1)], [...to.slice(0, -1)]);
    const whole = { kind: 'move', from, to } as const;
    if (isHere) return this.#splice(from, whole, () => renamed(this.#start, from, to.at(-1) ?? ''));
    if (await this.#try(whole, moved(this.#start, from, to, 'in place'))) return;
    // A copy there, and then nothing here: what is between them is parsed as well.
    const copy = { kind: 'insert', path: to, value } as const;
    const isWhole = await this.#try(copy, moved(this.#start, from, to, 'copy'));
    if (!isWhole) await this.#splice(from, copy, () => inserted(this.#start, to, value, undefined, from));
    await this.#splice(from, { kind: 'remove', path: from }, () => removed(this.#start, from, isWhole));
  }

  async #splice(at: ConfigPath, change: TextChange, candidates: () => Iterable<string>): Promise<void> {
    if (await this.#try(change, candidates())) return;
    const what = change.kind === 'move' ? `moved to ${formatPath(change.to)}` : WORDS[change.kind];
    throw new TextRefusal(
      `${formatPath(at)} cannot be ${what} without changing something else`,
      'It may be shared by an anchor, an alias or a merge key. Write it by hand, or apart from what it shares.',
      this.placeOf(at),
    );
  }

  async #try(change: TextChange, candidates: Iterable<string>): Promise<boolean> {
    const wanted = changedTree(this.tree, change);
    for (const text of candidates) {
      const now = await parsed(this.#format, text);
      if (now === undefined || !sameValue(now.tree, wanted)) continue;
      this.#start = now;
      return true;
    }
    return false;
  }
}

const WORDS = { set: 'changed', remove: 'removed', insert: 'written' } as const;

function changedTree(tree: ConfigMap, change: TextChange): ConfigMap {
  if (change.kind === 'remove') return edited(tree, { from: [change.path], to: [] });
  if (change.kind !== 'move') return edited(tree, { from: [], to: [change] });
  const { from, to } = change;
  return edited(tree, { from: [from], to: [{ path: to, value: valueAt(tree, from) }] });
}

async function parsed(format: FileFormat, text: string): Promise<SpliceStart | undefined> {
  try {
    const document = await format.parse(text);
    const { root = {} } = document;
    return isConfigMap(root)
      ? {
          format: format.name,
          text,
          tree: root,
          get root() {
            return document.positions();
          },
        }
      : undefined;
  } catch {
    // The parser's words may quote a secret; what reads the file says what is wrong with it.
    return undefined;
  }
}

/** The lines of each key at the root of a text in blocks; nothing of any other text. */
function linesBelow({ format, text, root }: SpliceStart): readonly (TextSpan & { readonly key: string })[] {
  const found = [...(root.children ?? [])].flatMap(([key, { keyOffset }]) =>
    keyOffset === undefined ? [] : [{ key, start: keyOffset }],
  );
  const sorted = found.sort((one, other) => one.start - other.start);
  if (format !== 'YAML' || sorted.some(({ start }) => start > 0 && text[start - 1] !== '\n')) return [];
  return sorted.map(({ key, start }, at) => ({ key, start, end: sorted[at + 1]?.start ?? text.length }));
}

function offsetOf(root: PositionNode, path: ConfigPath): number {
  let node = root;
  for (const key of path) node = node.children?.get(key) ?? node;
  return node.keyOffset ?? node.offset;
}
