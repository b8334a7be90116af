import { realpath } from 'node:fs/promises';
import { FileReplacement, readWhole, removeLeftovers, type WholeFile } from '../files/index.js';
import { findTokens } from './find-tokens.js';
import type { Pace } from './pace.js';
import type { RotationProblem } from './rotation-report.js';
import type { TokenProblem, TokenRotation } from './token-rotation.js';

export interface FileRotation {
  readonly tokens: TokenRotation;
  readonly pace: Pace;
  readonly maxBytes: number;
  readonly dryRun: boolean;
  readonly onProgress: (bytesDone: number, bytes: number, rotated: number) => void;
}

export interface FileOutcome {
  readonly rotated: number;
  readonly current: number;
  readonly left: number;
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
  readonly problems: readonly RotationProblem[];
}

const MOST_PROBLEMS = 100;
/** A program that writes a file over and over again is not to be raced with forever. */
const ATTEMPTS = 5;
const WRITE_BYTES = 256 * 1024;

/** Encrypts the values of one file again. Throws the system's errors. */
export async function rotateFile(file: string, rotation: FileRotation): Promise<FileOutcome> {
  const target = await realpath(file);
  if (!rotation.dryRun) await removeLeftovers(target);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const whole = await readWhole(target, rotation.maxBytes);
    if (typeof whole === 'string') return failed(file, `cannot be read: ${whole}`);
    const pass = new FilePass(target, whole, rotation);
    if (await pass.run()) return pass.outcome(file);
  }
  return failed(file, 'was changed by another process each time its values were encrypted again');
}

export function failed(file: string, message: string): FileOutcome {
  const none = new Map<string, number>();
  return { rotated: 0, current: 0, left: 0, before: none, after: none, problems: [{ kind: 'file', file, message }] };
}

class FilePass {
  readonly #target: string;
  readonly #whole: WholeFile;
  readonly #rotation: FileRotation;
  readonly #before = new Map<string, number>();
  readonly #after = new Map<string, number>();
  readonly #problems: TokenProblem[] = [];
  #rotated = 0;
  #current = 0;
  #left = 0;
  #replacement: FileReplacement | undefined;
  #pieces: Uint8Array[] = [];
  #pending = 0;
  /** Everything before it is in the pieces or written. */
  #copied = 0;

  public constructor(target: string, whole: WholeFile, rotation: FileRotation) {
    this.#target = target;
    this.#whole = whole;
    this.#rotation = rotation;
  }

  /** False when the file was changed meanwhile and nothing has been done to it. */
  public async run(): Promise<boolean> {
    const { bytes } = this.#whole;
    const { pace } = this.#rotation;
    try {
      for (const place of findTokens(bytes)) {
        if (place !== undefined) this.#token(place);
        if (!pace.step()) continue;
        await this.#flush(WRITE_BYTES);
        this.#rotation.onProgress(place?.end ?? this.#copied, bytes.length, this.#rotated);
        await pace.rest();
      }
      if (this.#copied === 0) return true;
      this.#copy(bytes.length);
      await this.#flush(0);
      const replacement = this.#replacement;
      this.#replacement = undefined;
      return (await replacement?.finish()) ?? true;
    } finally {
      await this.#replacement?.abandon();
    }
  }

  public async outcome(file: string): Promise<FileOutcome> {
    const places = await countPlaces(
      this.#whole.bytes,
      this.#problems.map(({ offset }) => offset),
      this.#rotation.pace,
    );
    const problems = this.#problems.map(({ kind, kid, message }, index): RotationProblem => {
      return { kind, file, ...places[index], ...(kid !== undefined && { kid }), message };
    });
    const [before, after] = [this.#before, this.#after];
    return { rotated: this.#rotated, current: this.#current, left: this.#left, before, after, problems };
  }

  #token(place: { readonly start: number; readonly end: number }): void {
    const { kid, newKid, token, problem } = this.#rotation.tokens.rotate(this.#whole.bytes, place);
    count(this.#before, kid);
    count(this.#after, newKid);
    if (problem !== undefined) {
      this.#left++;
      if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(problem);
    } else if (kid === newKid) this.#current++;
    else this.#rotated++;
    if (token === undefined) return;
    this.#copy(place.start);
    this.#add(Buffer.from(token, 'latin1'));
    this.#copied = place.end;
  }

  /** Takes over what is before an offset as it is. */
  #copy(offset: number): void {
    this.#add(this.#whole.bytes.subarray(this.#copied, offset));
    this.#copied = offset;
  }

  #add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#pending += piece.length;
  }

  async #flush(unlessBelow: number): Promise<void> {
    if (this.#pending === 0 || this.#pending < unlessBelow) return;
    this.#replacement ??= await FileReplacement.begin(this.#target, this.#whole.stats);
    const pieces = this.#pieces;
    [this.#pieces, this.#pending] = [[], 0];
    // What lies between two tokens may be as large as the file: it is written from where it is.
    for (const piece of joined(pieces)) await this.#replacement.write(piece);
  }
}

/** Small pieces put together, large ones as they are. */
function* joined(pieces: readonly Uint8Array[]): Generator<Uint8Array, void, undefined> {
  let small: Uint8Array[] = [];
  for (const piece of pieces) {
    if (piece.length < WRITE_BYTES) {
      small.push(piece);
      continue;
    }
    if (small.length > 0) yield Buffer.concat(small);
    small = [];
    yield piece;
  }
  if (small.length > 0) yield Buffer.concat(small);
}

function count(counts: Map<string, number>, kid: string | undefined): void {
  if (kid !== undefined) counts.set(kid, (counts.get(kid) ?? 0) + 1);
}

export interface TextPlace {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
}

const WINDOW = 512 * 1024;

/** The places of rising offsets in a text of bytes: one pass through them, resting now and then. */
async function countPlaces(bytes: Buffer, offsets: readonly number[], pace: Pace): Promise<readonly TextPlace[]> {
  const places: TextPlace[] = [];
  let [line, column] = [1, 1];
  // Editors do not show a byte order mark.
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (const offset of offsets) {
    while (at < offset) {
      const edge = Math.min(at + WINDOW, offset);
      for (; at < edge; at++) {
        const byte = bytes[at] ?? 0;
        if (byte === 0x0a) [line, column] = [line + 1, 1];
        else column += unitsOf(byte);
      }
      if (pace.step()) await pace.rest();
    }
    places.push({ line, column });
  }
  return places;
}

/** By the first byte of a character; the bytes that follow it add nothing. */
function unitsOf(byte: number): number {
  if ((byte & 0xc0) === 0x80) return 0;
  return byte >= 0xf0 ? 2 : 1;
}
