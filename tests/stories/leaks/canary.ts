/** A secret that stands nowhere but where a test puts it. */
export const CANARY = 'zq7-canary-Kx93mWp5';

/** The spellings in which it could get out. */
const spellings = [
  CANARY,
  Buffer.from(CANARY).toString('base64').slice(0, -2),
  Buffer.from(CANARY).toString('base64url'),
  Buffer.from(CANARY).toString('hex'),
  Buffer.from(CANARY, 'utf16le').toString('latin1'),
  [...Buffer.from(CANARY)].join(', '),
  [...Buffer.from(CANARY)].map((byte) => byte.toString(16)).join(' '),
];

/** The spellings of the canary that a text holds. */
export function leaksIn(text: string): readonly string[] {
  return spellings.filter((spelling) => text.includes(spelling));
}
