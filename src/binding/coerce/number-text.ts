// JSON's grammar, with `_` allowed between two digits of the whole part and of the fraction. Each character can match in
// one way only, so the time is in proportion to the length.
const NUMBER = /^(-?(?:0|[1-9](?:_?\d)*))(?:\.(\d(?:_?\d)*))?(?:[eE]([+-]?\d+))?$/;
const INTEGER = /^-?(?:0|[1-9](?:_?\d)*)$/;

/** A number as it was written. */
export interface NumberText {
  readonly value: number;
  /** False when the digits say something after the decimal point, even if a double has no room for it. */
  readonly whole: boolean;
}

/** Reads a JSON number with `_` separators; `undefined` for any other text. The value may be infinite. */
export function readNumber(text: string): NumberText | undefined {
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const fraction = (match[2] ?? '').replaceAll('_', '');
  const digits = text.replaceAll('_', '');
  // Adding zero makes 0 of -0, which no setting means.
  return { value: Number(digits) + 0, whole: significantLength(fraction) <= Number(match[3] ?? 0) };
}

/** The digits of an integer without its separators; `undefined` for any other text. */
export function readDigits(text: string): string | undefined {
  return INTEGER.test(text) ? text.replaceAll('_', '') : undefined;
}

function significantLength(fraction: string): number {
  let length = fraction.length;
  while (length > 0 && fraction[length - 1] === '0') length -= 1;
  return length;
}
