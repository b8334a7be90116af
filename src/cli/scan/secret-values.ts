import { foldKey, looksSecret } from '../../core/index.js';

export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly start: number;
}

/** `key: value`, `key = "value"`, `key := "value"`, `"key": "value"`, as YAML, JSON, TOML, .env, INI and properties files write them. */
const KEY_VALUE =
  /(?<![\w.-])([\w.-]{1,100})["']?\s{0,20}[:=]{1,2}>?\s{0,20}(?:"((?:[^"\\\n]|\\.){0,2000})"|'([^'\n]{0,2000})'|([^\s"',;}\]#][^\s,;}\]]{0,2000}))/dg;

export function keyValues(line: string): readonly KeyValue[] {
  return [...line.matchAll(KEY_VALUE)].flatMap((match) => {
    const group = [2, 3, 4].find((index) => match[index] !== undefined);
    const [start] = (group === undefined ? undefined : match.indices?.[group]) ?? [];
    if (group === undefined || start === undefined) return [];
    return [{ key: match[1] ?? '', value: match[group] ?? '', start }];
  });
}

/** Keys that speak about a secret without holding it: `tokenUrl`, `passwordFile`, `secretName`, `tokenizer`. */
const ABOUT =
  /(?:name|file|path|dir|url|uri|host|endpoint|ttl|expiry|expiration|expires|timeout|interval|length|size|min|max|count|header|issuer|audience|type|algorithm|policy|provider|enabled|required|prefix|keyid|izer|label|title|hint|help|placeholder|message|description|field|column|input|form|format|pattern|regexp?|rules?|strategy|mode|kind|strength|version|source|role|template|store|service|manager|class)$/;

/** True for a value that is random enough to be a secret, at a key that says it is one. */
export function isSecretValue({ key, value }: KeyValue): boolean {
  const name = key.slice(key.lastIndexOf('.') + 1);
  if (!looksSecret(name) || ABOUT.test(foldKey(name))) return false;
  return (
    value.length >= 8 &&
    !isStandIn(value) &&
    !/^(?:[a-z][a-z\d+.-]{1,20}:\/\/|\.{0,2}\/)\S*$/i.test(value) &&
    bitsPerUnit(value) >= (PASSWORD.test(name) ? 2.5 : 3)
  );
}

/** What people choose is less random than what services make: `hunter2hunter2`. */
const PASSWORD = /passw(?:or)?d|passphrase/i;

/** Words that stand where a secret is to come, and references to one. */
const STAND_IN =
  /^(?:[x*.•_-]+|change.?me.*|replace.?(?:me|with).*|fill.?me.*|to.?do.*|tbd|none|null|nil|undefined|true|false|(?:my|your|the|some|an?)[ _-].*|.*(?:example|sample|dummy|placeholder|not.?(?:the|a).?real|redacted|changeit).*|<.*>|\{.*|\[.*|%.*%|[$!&*|>@].*|secret|password|passw(?:or)?d.?|token)$/is;

/** True for a value that is no secret, by what it says. */
export function isStandIn(value: string): boolean {
  return STAND_IN.test(value.trim());
}

function bitsPerUnit(text: string): number {
  const counts = new Map<string, number>();
  for (const unit of text) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - (count / text.length) * Math.log2(count / text.length), 0);
}
