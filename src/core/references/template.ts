import type { ConfigPath } from '../config-path.js';
import { isConfigMap } from '../config-value.js';

/** A string with references, taken apart. */
export type Template = readonly TemplatePart[];

export type TemplatePart = string | Reference;

/** One `${…}`. */
export interface Reference {
  readonly kind: 'path' | 'env' | 'file';
  /** The dotted path, the variable's name or the file's path. */
  readonly name: string;
  /** What follows `:-`. */
  readonly fallback?: Template;
}

/** Why a string is no template. */
export interface TemplateProblem {
  readonly problem: string;
}

const MAXIMUM_NESTING = 20;

/** True when a string may hold references or escapes; cheap. */
export function mayHoldReferences(text: string): boolean {
  return text.includes('${');
}

/**
 * Parses a string: `${path}`, `${path:-fallback}`, `${env:NAME}`, `${file:path}`; `$${` is a literal `${`.
 */
export function parseTemplate(text: string): Template | TemplateProblem {
  const reader = new TemplateReader(text);
  const template = reader.template(0);
  return reader.problem === undefined ? template : { problem: reader.problem };
}

/** Distinguishes a problem from a template. */
export function isTemplateProblem(result: Template | TemplateProblem): result is TemplateProblem {
  return 'problem' in result;
}

class TemplateReader {
  public problem: string | undefined;
  readonly #text: string;
  #at = 0;

  public constructor(text: string) {
    this.#text = text;
  }

  /** Reads to the end of the string, or inside a reference to the brace that closes it. */
  public template(nesting: number): Template {
    const parts: TemplatePart[] = [];
    let literal = '';
    while (this.#at < this.#text.length && this.problem === undefined) {
      if (this.#text.startsWith('$${', this.#at)) {
        literal += '${';
        this.#at += 3;
      } else if (this.#text.startsWith('${', this.#at)) {
        if (literal !== '') parts.push(literal);
        literal = '';
        this.#at += 2;
        parts.push(this.#reference(nesting + 1));
      } else if (nesting > 0 && this.#text[this.#at] === '}') {
        break;
      } else {
        literal += this.#text[this.#at] ?? '';
        this.#at += 1;
      }
    }
    if (literal !== '') parts.push(literal);
    return parts;
  }

  #reference(nesting: number): Reference {
    if (nesting > MAXIMUM_NESTING) return this.#fail('its references are nested too deeply');
    const start = this.#at;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '}' && !this.#text.startsWith(':-', this.#at)) {
      if (this.#text.startsWith('${', this.#at)) return this.#fail('a reference is inside the name of another one');
      this.#at += 1;
    }
    const subject = this.#text.slice(start, this.#at).trim();
    let fallback: Template | undefined;
    if (this.#text.startsWith(':-', this.#at)) {
      this.#at += 2;
      fallback = this.template(nesting);
    }
    if (this.problem !== undefined) return { kind: 'path', name: '' };
    if (this.#text[this.#at] !== '}') return this.#fail('a reference is not closed with "}"');
    this.#at += 1;
    const [, scheme, rest] = /^(env|file):(.*)$/s.exec(subject) ?? [];
    const name = (rest ?? subject).trim();
    if (name === '') return this.#fail('a reference names nothing');
    const kind = scheme === 'env' || scheme === 'file' ? scheme : 'path';
    return { kind, name, ...(fallback !== undefined && { fallback }) };
  }

  #fail(problem: string): Reference {
    this.problem ??= problem;
    return { kind: 'path', name: '' };
  }
}

/** A `${file:…}` and the path of the string that holds it. */
export interface FileReference {
  readonly name: string;
  readonly at: ConfigPath;
}

/** All `${file:…}` of a tree that stands at a path, those in fallbacks included, so that the files can be read before references are resolved. */
export function fileReferences(
  tree: unknown,
  at: ConfigPath,
  isTemplate: (path: ConfigPath) => boolean,
): readonly FileReference[] {
  const found: FileReference[] = [];
  const visitTemplate = (template: Template, at: ConfigPath): void => {
    for (const part of template) {
      if (typeof part === 'string') continue;
      if (part.kind === 'file') found.push({ name: part.name, at });
      if (part.fallback !== undefined) visitTemplate(part.fallback, at);
    }
  };
  const visit = (node: unknown, path: ConfigPath): void => {
    if (typeof node === 'string') {
      if (!mayHoldReferences(node) || !isTemplate(path)) return;
      const template = parseTemplate(node);
      if (!isTemplateProblem(template)) visitTemplate(template, path);
    } else if (Array.isArray(node)) {
      node.forEach((item, index) => {
        visit(item, [...path, String(index)]);
      });
    } else if (isConfigMap(node)) {
      for (const key of Object.keys(node)) visit(node[key], [...path, key]);
    }
  };
  visit(tree, at);
  return found;
}
