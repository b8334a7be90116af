/**
 * The one JSON text of a value by RFC 8785 (JSON Canonicalization Scheme): keys in the order of their UTF-16 code units,
 * no blanks, numbers and texts as ECMAScript writes them. Members that are `undefined` are left out.
 *
 * @throws TypeError for what that JSON cannot say: numbers that are not finite, halves of surrogate pairs, functions, …
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return canonicalText(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`value: JSON has no number ${String(value)}.`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`value: JSON has no ${typeof value}.`);
  let members = '';
  for (const key of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, key);
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${canonicalText(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

/** With this flag only the halves without their other half are matched. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function canonicalText(text: string): string {
  const json = JSON.stringify(text);
  // JSON.stringify escapes such halves, and little else looks alike: most texts need no closer look.
  if (json.includes('\\ud') && LONE_SURROGATE.test(text)) {
    throw new TypeError('value: a text holds half of a surrogate pair.');
  }
  return json;
}
