import { isConfigMap } from './config-value.js';
import { escapeControls } from './escape-controls.js';

/** A tree of maps, lists and single values as YAML. Texts that YAML could take for something else are quoted. */
export function yamlText(tree: unknown): string {
  return `${linesOf(tree).join('\n')}\n`;
}

function linesOf(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item: unknown) => {
      const [first = '', ...others] = linesOf(item);
      return [`- ${first}`, ...others.map(indented)];
    });
  }
  if (isConfigMap(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, child]) => {
      const lines = linesOf(child);
      const isBlock = typeof child === 'object' && child !== null && Object.keys(child).length > 0;
      return isBlock ? [`${scalar(key)}:`, ...lines.map(indented)] : [`${scalar(key)}: ${lines[0] ?? ''}`];
    });
  }
  return [scalar(value)];
}

function indented(line: string): string {
  return `  ${line}`;
}

// Begins with a letter, and holds nothing that ends a plain text or begins a comment.
const PLAIN = /^[A-Za-z/](?:[\w./@%+-]|:(?=[\w/]))*$/;

const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function scalar(value: unknown): string {
  if (typeof value === 'string')
    return PLAIN.test(value) && !WORDS.test(value) ? value : escapeControls(JSON.stringify(value));
  if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value));
  if (Array.isArray(value)) return '[]';
  // Whatever else there is comes as its text from the shown value: null, true, 12, 12n.
  return isConfigMap(value) ? '{}' : String(value);
}
