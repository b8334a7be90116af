import { readFileSync } from 'node:fs';
import path from 'node:path';

interface AttributeRule {
  readonly type?: string;
  readonly const?: string;
  readonly minLength?: number;
  readonly format?: keyof typeof FORMATS;
}

interface EventRules {
  readonly required: readonly string[];
  readonly propertyNames: string;
  readonly properties: Readonly<Record<string, AttributeRule>>;
  readonly additionalProperties: readonly string[];
}

const FORMATS = {
  'date-time': (text: string) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    // Date takes the 30th of February for the 2nd of March.
    new Date(text.slice(0, 10)).toISOString().startsWith(text.slice(0, 10)),
  'media-type': (text: string) => /^[\w.+-]+\/[\w.+-]+(?:;.*)?$/.test(text),
  uri: (text: string) => URL.canParse(text),
  'uri-reference': (text: string) => !/[\s<>"{}|\\^`]/.test(text) && URL.canParse(text, 'https://base.example/'),
};

// The rules are our own file, which has this shape.
const rules = JSON.parse(readFileSync(path.resolve('tests/runtime/events/cloudevents-1.0.json'), 'utf8')) as EventRules;

/** What is wrong with an event in JSON by the CloudEvents 1.0 specification. */
export function cloudEventProblems(json: string): readonly string[] {
  const event = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const missing = rules.required.filter((name) => !Object.hasOwn(event, name)).map((name) => `${name} is missing`);
  const wrong = Object.entries(event).flatMap(([name, value]) => {
    if (!new RegExp(rules.propertyNames).test(name)) return [`${name} is no attribute name`];
    const rule = rules.properties[name];
    if (rule !== undefined) return problemsOf(name, value, rule);
    return rules.additionalProperties.includes(typeof value) ? [] : [`${name} is a ${typeof value}`];
  });
  return [...missing, ...wrong];
}

function problemsOf(name: string, value: unknown, rule: AttributeRule): readonly string[] {
  if (rule.type === undefined) return [];
  if (typeof value !== 'string') return [`${name} is a ${typeof value}`];
  if (rule.const !== undefined && value !== rule.const) return [`${name} is not ${rule.const}`];
  if (value.length < (rule.minLength ?? 0)) return [`${name} is empty`];
  return rule.format !== undefined && !FORMATS[rule.format](value) ? [`${name} is no ${rule.format}`] : [];
}
