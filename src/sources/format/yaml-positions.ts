import type { Event, ScalarEvent, Schema } from 'js-yaml';
import type { PositionNode } from './file-positions.js';
import { isYamlMerge, yamlAliasKeyText, yamlKeyText } from './yaml-keys.js';
import type { JsYaml } from './yaml-schema.js';

/** The position of everything in a YAML document. Values from an alias or a merge key have the position of the original. */
export function yamlPositions(yaml: JsYaml, schema: Schema, text: string): PositionNode {
  return new YamlPositions(yaml, schema, text, yaml.parseEvents(text, {})).root();
}

const COLON = /\s*:/y;
const OPENING = /[[{]/y;
const CLOSING = /(?:[\s,:]|#[^\n\r]*)*[\]}]/y;

function lengthOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

class YamlPositions {
  readonly #yaml: JsYaml;
  readonly #schema: Schema;
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, PositionNode>();
  /** What an alias of a scalar is as a key. */
  readonly #keys = new Map<string, string>();
  #next = 0;
  // The position of a value that is not written at all.
  #lastOffset = 0;
  /** Behind what has been read. */
  #end = 0;

  public constructor(yaml: JsYaml, schema: Schema, text: string, events: readonly Event[]) {
    this.#yaml = yaml;
    this.#schema = schema;
    this.#text = text;
    this.#events = events;
  }

  public root(): PositionNode {
    this.#next = 1;
    return this.#node() ?? { offset: 0 };
  }

  // `undefined` at the end of the collection or document.
  #node(): PositionNode | undefined {
    const { EVENT_ID } = this.#yaml;
    const event = this.#events[this.#next++];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        if (event.anchorStart >= 0) {
          const anchor = this.#text.slice(event.anchorStart, event.anchorEnd);
          this.#keys.set(anchor, yamlAliasKeyText(this.#yaml, this.#schema, this.#text, event));
        }
        return this.#keep(event, { offset: this.#scalarOffset(event), ...this.#ended(this.#scalarEnd(event)) });
      case EVENT_ID.ALIAS:
        return this.#alias(event.anchorStart, event.anchorEnd);
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        this.#lastOffset = event.start;
        // Known by its anchor before it is filled: an alias inside may name it.
        const children = new Map<string, PositionNode>();
        const node = this.#keep(event, { offset: event.start, children });
        this.#end = Math.max(this.#end, event.start);
        if (event.type === EVENT_ID.MAPPING) this.#fillMap(children);
        else this.#fillList(children);
        if (event.style === this.#yaml.COLLECTION_STYLE.FLOW) this.#end = this.#closed();
        // The node that aliases share.
        return Object.assign(node, { end: this.#end });
      }
      default:
        return undefined;
    }
  }

  #fillList(children: Map<string, PositionNode>): void {
    for (let item = this.#node(); item !== undefined; item = this.#node()) children.set(String(children.size), item);
  }

  #fillMap(children: Map<string, PositionNode>): void {
    const merged: PositionNode[] = [];
    for (;;) {
      const keyEvent = this.#events[this.#next];
      const keyNode = this.#node();
      if (keyNode === undefined) break;
      const key = keyEvent && this.#keyText(keyEvent);
      const keys = [{ start: keyNode.offset, end: this.#end }];
      this.#end += lengthOf(COLON, this.#text, this.#end);
      const value = this.#node();
      if (value === undefined) break;
      if (keyEvent !== undefined && isYamlMerge(this.#yaml, this.#text, keyEvent))
        merged.push(...this.#mergeSources(value));
      else if (key !== undefined) children.set(key, { ...value, keyOffset: keyNode.offset, keys });
    }
    for (const source of merged) {
      for (const [key, value] of source.children ?? []) if (!children.has(key)) children.set(key, value);
    }
  }

  #keyText(event: Event): string | undefined {
    if (event.type !== this.#yaml.EVENT_ID.ALIAS) return yamlKeyText(this.#yaml, this.#text, event);
    return this.#keys.get(this.#text.slice(event.anchorStart, event.anchorEnd));
  }

  // A map has keys of its own, a list names maps; their nodes differ in their first character only.
  #mergeSources(value: PositionNode): readonly PositionNode[] {
    const isList = this.#text[value.offset] === '[' || this.#text[value.offset] === '-';
    return isList ? [...(value.children?.values() ?? [])] : [value];
  }

  #alias(start: number, end: number): PositionNode {
    const offset = start - 1;
    this.#lastOffset = offset;
    const { children } = this.#anchors.get(this.#text.slice(start, end)) ?? {};
    return { offset, ...this.#ended(end), ...(children !== undefined && { children }) };
  }

  #keep(event: { readonly anchorStart: number; readonly anchorEnd: number }, node: PositionNode): PositionNode {
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node);
    return node;
  }

  #ended(end: number): { readonly end: number } {
    this.#end = Math.max(this.#end, end);
    return { end: this.#end };
  }

  /** Behind the bracket that closes a flow collection, whose items have been read. */
  #closed(): number {
    // The opening bracket, where there are no items.
    const from = this.#end + lengthOf(OPENING, this.#text, this.#end);
    return from + lengthOf(CLOSING, this.#text, from);
  }

  #scalarEnd({ style, valueStart, valueEnd, tagEnd, anchorEnd, chomping }: ScalarEvent): number {
    const { SCALAR_STYLE, CHOMPING_MODE } = this.#yaml;
    if (valueStart < 0) return Math.max(tagEnd, anchorEnd);
    if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) return valueEnd + 1;
    if (style === SCALAR_STYLE.PLAIN) return valueEnd;
    const block = this.#text.slice(valueStart, valueEnd);
    const kept = chomping === CHOMPING_MODE.KEEP ? block.replace(/\r?\n$/, '') : block.trimEnd();
    return valueStart + kept.length;
  }

  #scalarOffset(event: ScalarEvent): number {
    this.#lastOffset = this.#writtenOffset(event) ?? this.#lastOffset;
    return this.#lastOffset;
  }

  #writtenOffset(event: ScalarEvent): number | undefined {
    const { SCALAR_STYLE } = this.#yaml;
    const { style, valueStart, valueEnd, tagStart } = event;
    if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) return valueStart - 1;
    if (style === SCALAR_STYLE.PLAIN) {
      if (valueStart >= 0 && valueEnd > valueStart) return valueStart;
      return tagStart >= 0 ? tagStart : undefined;
    }
    // A block starts with its first character, not with its indentation.
    const indentation = this.#text.slice(valueStart, valueEnd).search(/\S/);
    return valueStart + Math.max(indentation, 0);
  }
}
