import type { ConfigErrorCode } from '../../core/index.js';
/**
 * What js-yaml complains about, in words that quote nothing of the file: the start of its own words, our code where it is
 * not `invalid-yaml`, and our words.
 */
const REASONS: readonly (readonly [start: string, message: string, code?: ConfigErrorCode])[] = [
  ['duplicated mapping key', 'this key is already set in the same map', 'duplicate-key'],
  ['nesting exceeded', 'maps and lists may be nested 100 levels deep at most', 'too-deep'],
  ['merge keys exceeded', 'the merge keys (<<) bring in too many keys', 'too-many-values'],
  ['abnormal merge sequence', 'a merge key (<<) may name 100 maps at most', 'too-many-values'],
  ['cannot merge', 'a merge key (<<) takes an alias of a map, or a list of such aliases'],
  ['unknown escape sequence', 'a backslash starts no known escape here; write \\\\ for a backslash'],
  ['unknown ', 'this tag is not known; only !unset and the tags of the core schema, such as !!str, are', 'unknown-tag'],
  ['cannot resolve a node', 'this value does not fit its tag; !unset takes no value'],
  ['unidentified alias', 'no anchor (&name) before this alias (*name) has its name'],
  ['recursive alias', 'this alias is inside the value that it names'],
  ['the stream contains non-printable', 'the file contains a character that YAML does not allow, such as NUL'],
  ['null byte', 'the file contains a NUL character'],
  ['duplication of a', 'a value has one anchor and one tag at most'],
  ['name of an a', 'an anchor or alias needs a name; a string that begins with & or * must be in quotes'],
  ['a line break is expected', 'nothing but a comment may follow | or > on its line'],
  ['alias node should not', 'an alias has neither anchor nor tag'],
  ['tab characters', 'a tab may not indent; use spaces'],
  ['bad indentation of a mapping entry', 'this line is not indented like the other keys of its map'],
  ['bad indentation of a sequence entry', 'this line is not indented like the other items of its list'],
  [
    'deficient indentation',
    'a {, [ or quoted string that began before is not closed, or continues here without being indented more than its key',
  ],
  ['unexpected end of the stream within a flow', 'a { or [ is not closed'],
  ['unexpected end of the stream within a', 'a quoted text is not closed'],
  ['unexpected end of the document', 'a quoted text is not closed'],
  ['missed comma', 'expected "," between the items of a { } or [ ]'],
  ['expected the node content', 'a value is missing before this comma'],
  ['expected hexadecimal', 'expected a hexadecimal digit in this escape'],
  ['expected valid JSON character', 'a quoted text may not contain a control character'],
  ['can not read a block mapping entry', 'a key must be on one line, with ":" and a space after it'],
  ["expected ':' after a mapping key", 'expected ":" after the key'],
  ['a whitespace character is expected', 'expected a space after ":"'],
  [
    'end of the stream or a document separator',
    'this line belongs to nothing before it; check its indentation and quotes',
  ],
];

// js-yaml calls it bad indentation as well when the rest of a line cannot follow what precedes it.
const NOT_HERE =
  'this cannot follow on the same line; a string with ": " in it, or that begins with a sign, must be in quotes';

const NOT_INDENTED = 'the bracket that closes a { or [ must be indented more than the key of the { or [';

/** Where the parser stumbled. */
export interface YamlStumble {
  /** True when the place is behind a key on the same line. */
  readonly afterKey: boolean;
  /** The next character there. */
  readonly next: string | undefined;
}

/** Our words and our code for a reason of js-yaml's. */
export function explainYamlReason(
  reason: string,
  { afterKey, next }: YamlStumble,
): { readonly code: ConfigErrorCode; readonly message: string } {
  const closes = next === '}' || next === ']';
  if (closes && reason.startsWith('deficient indentation')) return { code: 'invalid-yaml', message: NOT_INDENTED };
  if (afterKey && reason.startsWith('bad indentation')) return { code: 'invalid-yaml', message: NOT_HERE };
  const [, message = 'this is not valid YAML', code = 'invalid-yaml'] =
    REASONS.find(([start]) => reason.startsWith(start)) ?? [];
  return { code, message };
}
