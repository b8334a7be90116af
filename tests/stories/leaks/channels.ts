import assert from 'node:assert';
import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { format, inspect } from 'node:util';
import v8 from 'node:v8';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { expect } from '@jest/globals';
import { instanceToPlain } from 'class-transformer';
import { validate } from 'class-validator';
import lodash from 'lodash';
import pino from 'pino';
import winston from 'winston';

/** A way by which a value gets out of a program; gives all that got out. */
export type Channel = (value: unknown) => string | Promise<string>;

function seen(value: unknown): string {
  return inspect(value, { depth: null, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null });
}

/** What something throws is a way out as well. */
async function caught(work: () => unknown): Promise<string> {
  try {
    return seen(await work());
  } catch (error) {
    return seen(error) + (error instanceof Error ? `${error.message}${error.stack ?? ''}` : '');
  }
}

function printed(print: (console: Console) => void): string {
  const stream = new PassThrough();
  print(new Console({ stdout: stream, stderr: stream }));
  return String(stream.read() ?? '');
}

/** All own properties, symbols and what they hold, as far down as plain objects go. */
function properties(value: unknown, depth = 0): unknown[] {
  if (typeof value !== 'object' || value === null || depth > 6) return [value];
  return Reflect.ownKeys(value).flatMap((key) => [key, ...properties(Reflect.get(value, key), depth + 1)]);
}

function logged(log: (stream: PassThrough) => void): string {
  const stream = new PassThrough();
  log(stream);
  return String(stream.read() ?? '');
}

/** By name. The packages are the real ones. */
export const channels: Readonly<Record<string, Channel>> = {
  'console.log, dir and table': (value) =>
    printed((console) => {
      console.log(value, { value });
      console.dir(value, { depth: null, showHidden: true });
      console.table([value, { value }]);
      console.error('%s %o', value, value);
    }),
  'util.inspect at any depth': (value) => seen({ a: { b: [{ c: new Map([['d', value]]) }] } }),
  'util.inspect without custom inspection': (value) =>
    inspect(value, { customInspect: false, depth: null, showHidden: true, getters: true }),
  'util.format': (value) => format('%o %O %j %s %d %i', value, value, shallow(value), value, value, value),
  'JSON.stringify': (value) => JSON.stringify({ value: shallow(value) }),
  'text, template and concatenation': (value) =>
    // What a careless program does with it.
    `${String(value)} and ${value as string}`.concat(value as string) + [value].join(),
  'Object.entries and assign': (value) =>
    seen([Object.entries(isObject(value) ? value : { value }), Object.assign({}, value)]),
  'Reflect.ownKeys, all the way down': (value) => properties(value).map(String).join('\n'),
  structuredClone: async (value) => caught(() => structuredClone(value)),
  'v8.serialize': async (value) => caught(() => v8.serialize(value).toString('latin1')),
  postMessage: async (value) =>
    caught(() => {
      const { port1, port2 } = new MessageChannel();
      try {
        port1.postMessage(value);
        return receiveMessageOnPort(port2)?.message as unknown;
      } finally {
        port1.close();
      }
    }),
  'class-transformer instanceToPlain': async (value) => caught(() => instanceToPlain(value)),
  'lodash cloneDeep, merge and template': async (value) =>
    caught(() => [lodash.cloneDeep(value), lodash.merge({}, value), lodash.template('<%= value %>')({ value })]),
  pino: (value) =>
    logged((stream) => {
      const logger = pino({ level: 'trace' }, stream);
      logger.info({ value }, 'a value %o %s', Object(value), String(value));
      logger.error(shallow(value));
      logger.error({ err: new Error('failed', { cause: value }) });
    }),
  winston: (value) =>
    logged((stream) => {
      const format = winston.format.combine(winston.format.splat(), winston.format.json());
      const logger = winston.createLogger({ format });
      // winston declares what it makes here as an interface.
      const transport: unknown = new winston.transports.Stream({ stream });
      logger.add(transport as Parameters<typeof logger.add>[0]);
      logger.info('a value %s %o', value, shallow(value));
      logger.info('a value', { value: shallow(value) });
    }),
  'error message, cause and stack': async (value) =>
    caught(() => {
      throw new Error(`failed with ${String(value)}`, { cause: value });
    }),
  'ValidationError of class-validator': async (value) =>
    caught(() => (isObject(value) ? validate(value, { forbidUnknownValues: true }) : undefined)),
  'Jest’s differences': async (value) =>
    caught(() => {
      expect({ a: [value] }).toEqual({ a: ['another'], b: value });
    }),
  'assert’s differences': async (value) =>
    caught(() => {
      assert.deepStrictEqual({ a: [value] }, { a: ['another'], b: value });
    }),
  'URL errors': async (value) => caught(() => new URL(value as string)),
};

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** JSON has no circles; what is thrown about one is another channel's matter. */
function shallow(value: unknown): unknown {
  try {
    JSON.stringify(value);
    return value;
  } catch {
    return String(value);
  }
}
