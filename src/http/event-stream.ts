import { StringDecoder } from 'node:string_decoder';
import { HttpFailure } from './http-failure.js';

/** A longer line, or event, is no notice of anything. */
const LONGEST_LINE = 1024 * 1024;

/**
 * The lines of a body, as they come; the end of the body ends the last one.
 *
 * @param longest the largest number of characters in one
 * @throws HttpFailure `too-large`, and what the body throws.
 */
export async function* lines(body: AsyncIterable<Buffer>, longest = LONGEST_LINE): AsyncGenerator<string, void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of body) {
    const text = decoder.write(chunk);
    rest += text;
    // Only what has come is looked at: a line in a thousand pieces is not searched a thousand times.
    if (/[\r\n]/.test(text) || rest.includes('\r', rest.length - text.length - 1)) {
      const whole = rest.split(/\r\n|\n|\r(?!$)/);
      rest = whole.pop() ?? '';
      yield* whole;
    }
    if (rest.length > longest) throw new HttpFailure('too-large', 'a line of the answer is too long');
  }
  rest += decoder.end();
  if (rest !== '') yield rest.replace(/\r$/, '');
}

/** One event of `text/event-stream`. */
export interface ServerSentEvent {
  /** `message` when the server names none. */
  readonly type: string;
  readonly data: string;
  /** The last one that the server has given, to go on from after a lost connection; empty when it gave none. */
  readonly id: string;
}

/**
 * The events of a body of `text/event-stream`, as the HTML standard reads them. One that is cut is dropped.
 *
 * @throws HttpFailure `too-large`, and what the body throws.
 */
export async function* serverSentEvents(body: AsyncIterable<Buffer>): AsyncGenerator<ServerSentEvent, void> {
  let [type, id]: [string, string] = ['', ''];
  let data: string[] = [];
  let length = 0;
  let isFirst = true;
  for await (const read of lines(body)) {
    const line = isFirst ? read.replace(/^\uFEFF/, '') : read;
    isFirst = false;
    if (line === '') {
      if (data.length > 0) yield { type: type === '' ? 'message' : type, data: data.join('\n'), id };
      [type, data, length] = ['', [], 0];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') {
      data.push(value);
      length += value.length + 1;
      if (length > LONGEST_LINE) throw new HttpFailure('too-large', 'an event of the answer is too long');
    }
    if (field === 'event') type = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  }
}
