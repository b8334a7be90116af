import type { TextOutput } from './command-io.js';

const CODES = { bold: [1, 22], red: [31, 39], green: [32, 39] } as const;

export function paint(output: TextOutput, style: keyof typeof CODES, text: string): string {
  const [on, off] = CODES[style];
  return output.colours ? `\u001b[${String(on)}m${text}\u001b[${String(off)}m` : text;
}
