import { DECIMAL, exactAmount, isBareNumber, LONGEST_TEXT } from './exact-amount.js';
import { textProblem, type TextProblem } from './text-problem.js';

/** Bytes of each unit: IEC, then SI, then the byte itself. */
export const BYTE_UNITS = Object.freeze({
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  B: 1,
});

// `KB` is read as `kB`: it is the commoner spelling by far, and 1024 bytes have a spelling of their own.
const SIZES: ReadonlyMap<string, number> = new Map([...Object.entries(BYTE_UNITS), ['KB', BYTE_UNITS.kB]]);

const AMOUNT_AND_UNIT = new RegExp(`^${DECIMAL}([A-Za-z]{1,3})$`);

const EXAMPLES = 'such as 512B, 64KiB or 10MB';

/** Bytes of `64KiB` or `10MB`; otherwise what is wrong with the string. */
export function parseByteSize(text: string): number | TextProblem {
  if (text.length > LONGEST_TEXT) return MALFORMED;
  if (isBareNumber(text)) return UNIT_REQUIRED;
  const [, decimal, unit] = AMOUNT_AND_UNIT.exec(text) ?? [];
  const size = SIZES.get(unit ?? '');
  if (decimal === undefined || size === undefined) return /^-\d/.test(text) ? NEGATIVE : misspelt(text);
  const bytes = exactAmount(decimal, size);
  if (bytes === 'too-large') return OUT_OF_RANGE;
  return bytes === 'too-fine' ? TOO_FINE : bytes;
}
const UNIT_REQUIRED = textProblem(
  'unit-required',
  `a size with a unit, ${EXAMPLES}`,
  'a unit is required after the number: B, KiB, MiB, GiB, TiB, kB, MB, GB or TB',
);
const MALFORMED = textProblem(
  'not-a-byte-size',
  `a size, ${EXAMPLES}`,
  'write a number and B, KiB, MiB, GiB, TiB (powers of 1024) or kB, MB, GB, TB (powers of 1000), without blanks',
);

/** Kubernetes' `Mi`, the shell's `M`, `mb`, `megabytes` and a blank before the unit: what is meant has a spelling here. */
function misspelt(text: string): TextProblem {
  const [, unit = ''] = /^\d+(?:\.\d+)?\s*([A-Za-z]+)$/.exec(text) ?? [];
  const letter = /^([kmgt])(?:i?b?|(?:ilo|ebi|ega|iga|era|ibi|ebi)?bytes?)$/i.exec(unit)?.[1]?.toUpperCase();
  if (letter !== undefined) {
    const si = `${letter === 'K' ? 'k' : letter}B`;
    const isBinary = /^.i(?!lo|ga)|^.[ei]bi/i.test(unit);
    return {
      ...MALFORMED,
      hint: `write the unit ${isBinary ? '' : `${si} (powers of 1000) or `}${letter}iB (powers of 1024), without a blank`,
    };
  }
  return /^b(?:ytes?)?$/i.test(unit) ? { ...MALFORMED, hint: 'write the unit B, without a blank' } : MALFORMED;
}
const NEGATIVE = textProblem('not-a-byte-size', `a size, ${EXAMPLES}`, 'a size is never negative');
const TOO_FINE = textProblem(
  'not-a-byte-size',
  'a size of whole bytes',
  'write a fraction that is a whole number of bytes, such as 1.5KiB, or a smaller unit',
);
const OUT_OF_RANGE = textProblem(
  'byte-size-out-of-range',
  `a size of at most ${String(Number.MAX_SAFE_INTEGER)} bytes`,
  'write a smaller size',
);
