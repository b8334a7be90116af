// Topics are dotted words. In a pattern, `*` is one word, and `**` at the end one or more.

const WORD = String.raw`[\w-]+`;
const TOPIC = new RegExp(String.raw`^${WORD}(?:\.${WORD})*$`);
const PATTERN = new RegExp(String.raw`^(?:(?:${WORD}|\*)\.)*(?:${WORD}|\*\*?)$`);

/** How a topic is spelled. Every broker takes it as it is. */
export function isTopic(text: string): boolean {
  return TOPIC.test(text);
}

/** How a pattern of topics is spelled: dotted words, `*` for one, `**` at the end for more. Subpath: `uno-config/brokers`. */
export const TOPIC_PATTERN = PATTERN;

/**
 * Whether any of some patterns takes a topic. For adapters. Subpath: `uno-config/brokers`.
 */
export function takesTopic(patterns: readonly string[], topic: string): boolean {
  return patterns.some((pattern) => matcherOf(pattern).test(topic));
}

const matchers = new Map<string, RegExp>();

function matcherOf(pattern: string): RegExp {
  let matcher = matchers.get(pattern);
  if (matcher === undefined) {
    const words = pattern.split('.').map((word) => (word === '**' ? '.+' : word === '*' ? WORD : word));
    matcher = new RegExp(`^${words.join(String.raw`\.`)}$`);
    matchers.set(pattern, matcher);
  }
  return matcher;
}
