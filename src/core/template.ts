/** A text with references, taken apart. */
export type Template = readonly TemplatePart[];

export type TemplatePart = string | Reference;

/** One `${…}`. */
export interface Reference {
  readonly kind: 'path' | 'env' | 'file';
  /** The dotted path, the variable's name or the file's path. */
  readonly name: string;
  /** What stands after `:-`. */
  readonly fallback?: Template;
}

/** Why a text is no template. */
export interface TemplateProblem {
  readonly problem: string;
}

const MAXIMUM_NESTING = 20;

/** True when a text may hold references or escapes; cheap. */
export function mayHoldReferences(text: string): boolean {
  return text.includes('${');
}

/**
 * Takes a text apart: `${path}`, `${path:-fallback}`, `${env:NAME}`, `${file:path}`; `$${` stands for a literal `${`.
 */
export function parseTemplate(text: string): Template | TemplateProblem {
  const reader = new TemplateReader(text);
  const template = reader.template(0);
  return reader.problem === undefined ? template : { problem: reader.problem };
}

/** Tells a problem from a template. */
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

  /** Reads to the end of the text, or inside a reference to the brace that closes it. */
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
