import { isUtf8 } from 'node:buffer';
import { realpath } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { formatPath, type ConfigPath, systemCode } from '../../core/index.js';
import { FileReplacement, isToken, readWhole, type WholeFile } from '../../security/index.js';
import { lineStarts, placeOf } from '../../sources/index.js';
import type { CommandIo } from '../command.js';
import { UsageError } from '../usage-error.js';
import { envText } from './env-value.js';
import { written } from './keyring-file.js';
import { treeText } from './tree-value.js';
import type { ValueText } from './value-text.js';

const MOST_BYTES = 16 * 1024 * 1024;
const BYTE_ORDER_MARK = '\uFEFF';

/** One value in a file, found before it is asked for. */
export class FileValue {
  readonly #file: string;
  readonly #target: string;
  readonly #whole: WholeFile;
  readonly #mark: string;
  readonly #text: ValueText;
  /** As editors count. */
  readonly #place: string;

  private constructor(
    file: string,
    target: string,
    whole: WholeFile,
    mark: string,
    text: ValueText,
    { line, column }: ReturnType<typeof placeOf>,
  ) {
    this.#file = file;
    this.#target = target;
    this.#whole = whole;
    this.#mark = mark;
    this.#text = text;
    this.#place = `${file}:${String(line)}:${String(column)}`;
  }

  /** @throws UsageError when the file cannot be read, or holds no single value at the path. */
  public static async find(io: CommandIo, file: string, path: ConfigPath): Promise<FileValue> {
    const refuse = (why: string, hint = ''): UsageError => new UsageError(`${file} cannot be changed: ${why}.`, hint);
    const target = await realpath(resolve(io.folder, file)).catch((error: unknown) => {
      throw refuse(`the system says ${systemCode(error)}`);
    });
    const whole = await readWhole(target, MOST_BYTES).catch((error: unknown) => {
      throw refuse(`the system says ${systemCode(error)}`);
    });
    if (typeof whole === 'string') throw refuse(whole);
    if (!isUtf8(whole.bytes)) throw refuse('it is not UTF-8');
    const all = whole.bytes.toString('utf8');
    const mark = all.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
    const body = all.slice(mark.length);
    const text = basename(file).startsWith('.env') ? await envText(body, path) : await treeText(file, body, path);
    if (typeof text === 'string') throw refuse(text, `Write a value at ${formatPath(path)} first.`);
    return new FileValue(file, target, whole, mark, text, placeOf(lineStarts(body), text.offset));
  }

  /**
   * What is there now, to the letter.
   *
   * @throws UsageError where nothing does, where it is encrypted already, and where it is another value than it looks.
   */
  public async current(): Promise<string> {
    const current = await this.#text.current();
    if (current === undefined) {
      throw new UsageError(
        `${this.#place} cannot be taken literally: it is not a string, and its value may differ from how it is written.`,
        this.#text.isAlias === true
          ? 'It is an alias: put what it names in quotes, behind its anchor; then do this again.'
          : 'Put it in quotes; then do this again.',
      );
    }
    if (current === '')
      throw new UsageError(`${this.#place} has no value to take.`, 'Leave out --current, and type it.');
    if (isToken(current)) throw new UsageError(`${this.#file} has an encrypted value there already.`);
    return current;
  }

  /** Puts a value there. The file is replaced at once, with its mode and owner. */
  public async replace(token: string): Promise<void> {
    const text = await this.#text.with(token);
    if (text === undefined && !this.#text.isThere) {
      throw new UsageError(
        `${this.#place} cannot be changed: the key is not there, and cannot be inserted without changing something else.`,
        'Write the key there, with any value; then do this again.',
      );
    }
    if (text === undefined) {
      throw new UsageError(
        `${this.#place} cannot be changed: its value is written in a form that cannot be replaced by itself.`,
        'Write anything in its place, in one line and in quotes, without a tag or an anchor; then do this again.',
      );
    }
    const done = await written(this.#file, async () => {
      const replacement = await FileReplacement.begin(this.#target, this.#whole.stats);
      await replacement.write(Buffer.from(this.#mark + text, 'utf8'));
      return replacement.finish();
    });
    if (!done) throw new UsageError(`${this.#file} was changed by another process meanwhile.`, 'Do it again.');
  }
}
