import { type ConfigPath, formatPath, isConfigMap } from '../../core/index.js';
import { UsageError } from '../usage-error.js';
import {
  escaped,
  type FieldFacts,
  type ImportedProject,
  type ImportNote,
  SECRET_NOTES,
  withValue,
} from './imported-project.js';

/** A schema of convict: what its file exports, or the JSON of it. */
export function fromConvict(exported: unknown, file: string): ImportedProject {
  const schema = schemaIn(exported);
  if (schema === undefined) {
    throw new UsageError(
      `${file} holds no schema of convict.`,
      'Export the object that is given to convict(…), as default or alone.',
    );
  }
  const notes: ImportNote[] = [];
  const facts = new Map<string, FieldFacts>();
  let base: Readonly<Record<string, unknown>> = {};
  for (const { path, node } of propertiesIn(schema, [])) {
    const place = `${file}, ${formatPath(path)}`;
    const { decorators, type, value } = typed(node, place, notes);
    const { doc, env, arg, sensitive } = node;
    if (typeof arg === 'string')
      notes.push({ place, message: `is set by --${arg}; here cliArgs() takes --${formatPath(path)}` });
    if (sensitive === true) notes.push({ place, message: SECRET_NOTES.declared });
    const isOptional = value === null || value === undefined;
    base = withValue(base, path, value ?? null);
    facts.set(formatPath(path), {
      path,
      isOptional,
      ...(decorators !== undefined && { decorators, type }),
      ...(typeof env === 'string' && { envNames: [env] }),
      ...(typeof doc === 'string' && doc !== '' && { description: doc }),
    });
  }
  return { layers: new Map([['', base]]), facts, isEnvFiles: false, notes };
}

type Node = Readonly<Record<string, unknown>>;

function schemaIn(exported: unknown): Node | undefined {
  if (!isConfigMap(exported) && typeof exported !== 'object') return undefined;
  const first: unknown = exported === null ? undefined : (Reflect.get(exported, 'default') ?? exported);
  return typeof first === 'object' && first !== null && !Array.isArray(first) ? { ...first } : undefined;
}

function* propertiesIn(schema: Node, above: ConfigPath): Generator<{ path: ConfigPath; node: Node }, void, undefined> {
  for (const [key, value] of Object.entries(schema)) {
    const path = [...above, key];
    // A value that is no map is a default without anything else.
    if (!isConfigMap(value)) yield { path, node: { default: value } };
    else if ('default' in value || 'format' in value) yield { path, node: value };
    else yield* propertiesIn(value, path);
  }
}

interface Typed {
  readonly decorators: readonly string[] | undefined;
  readonly type: string;
  readonly value: unknown;
}

const FORMATS: Readonly<Record<string, readonly [type: string, ...decorators: string[]]>> = {
  string: ['string', 'IsString'],
  number: ['number', 'IsNumber'],
  boolean: ['boolean', 'IsBoolean'],
  object: ['Readonly<Record<string, unknown>>', 'IsObject'],
  int: ['number', 'IsInt'],
  integer: ['number', 'IsInt'],
  nat: ['number', 'IsInt', 'Min(0)'],
  port: ['number', 'IsInt', 'Min(0)', 'Max(65535)'],
  windows_named_pipe: ['string', 'IsString'],
  url: ['string', 'IsUrl({ require_tld: false })'],
  email: ['string', 'IsEmail({ require_tld: false })'],
  ipaddress: ['string', 'IsIP'],
  duration: ['Duration', 'IsDuration'],
  '*': ['unknown', 'Allow'],
};

function typed({ format, default: value }: Node, place: string, notes: ImportNote[]): Typed {
  const given = escaped(value);
  if (Array.isArray(format)) {
    const list = JSON.stringify(format);
    const types = new Set(format.map((item) => typeof item));
    return {
      decorators: [
        `IsIn(${list})`,
        ...(types.size === 1 ? ({ string: ['IsString'], number: ['IsNumber'] }[[...types].join('')] ?? []) : []),
      ],
      type: types.size === 1 ? String([...types][0]) : 'unknown',
      value: given,
    };
  }
  const name = typeof format === 'function' ? format.name.toLowerCase() : format;
  if (name === 'array' || Array.isArray(value)) return { decorators: undefined, type: '', value: given };
  const known = typeof name === 'string' && Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (known === undefined) {
    if (name !== undefined)
      notes.push({
        place,
        message: `has the format ${typeof name === 'string' ? JSON.stringify(name) : 'of a function'}, which only convict knows: write a validator for it`,
      });
    return { decorators: undefined, type: '', value: given };
  }
  const [type, ...decorators] = known;
  if (type !== 'Duration') return { decorators, type, value: given };
  notes.push({ place, message: 'is a Duration here, and a number of milliseconds in convict: read its milliseconds' });
  return { decorators, type, value: typeof value === 'number' ? `${String(value)}ms` : duration(value) };
}

/** As convict's moment reads it: a number and a word. */
function duration(value: unknown): unknown {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(value)) ?? [];
  const short = { '': 'ms', milliseconds: 'ms', seconds: 's', minutes: 'm', hours: 'h', days: 'd' }[
    unit.replace(/([^s])$/, unit.length > 2 ? '$1s' : '$1')
  ];
  return amount === undefined || value === null ? value : `${amount}${short ?? unit}`;
}
