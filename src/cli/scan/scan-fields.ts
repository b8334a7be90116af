import {
  type ConfigPath,
  foldKey,
  formatPath,
  isConfigMap,
  type SchemaKey,
  type SchemaNode,
  type SectionNode,
} from '../../core/index.js';
import { type LoadPlan, pathsNowOf } from '../../runtime/index.js';
import { formatByExtension, lineStarts, placeOf, type PositionNode } from '../../sources/index.js';
import { isAllowed, type Place } from './finding.js';
import { isStandIn, keyValues } from './secret-values.js';

/** What of the settings classes says where secrets are. */
export type DeclaredSecrets = Pick<LoadPlan, 'schema' | 'migrations'>;

/** A single value of a file. */
interface Leaf {
  /** As the file spells it. */
  readonly path: ConfigPath;
  readonly value: unknown;
  readonly node: PositionNode | undefined;
}

/**
 * The plain-text values of a file that stand where a class declares `@Secure({ level: 'encrypt' })` or `sealed`, or where
 * an earlier version of the class had them. A file that does not parse has none: what loads it says why.
 */
export async function scanFields(file: string, text: string, declared: DeclaredSecrets): Promise<readonly Place[]> {
  const lines = text.split(/\r\n?|\n/);
  const places = isEnvFile(file) ? envFields(lines, declared.schema) : await treeFields(file, text, declared);
  return places.filter(({ line }) => !isAllowed(lines, line));
}

async function treeFields(file: string, text: string, declared: DeclaredSecrets): Promise<readonly Place[]> {
  const format = formatByExtension(file);
  if (format === undefined) return [];
  try {
    const parsed = await format.parse(text);
    const { root } = parsed;
    if (!isConfigMap(root)) return [];
    const pathsNow = pathsNowOf(root, declared);
    const starts = lineStarts(text);
    return [...leaves(root, parsed.positions(), [])].flatMap(({ path, value, node }) => {
      if (!isPlain(value)) return [];
      const places = pathsNow(path).map((one) => secretAt(declared.schema, one));
      const secret = places.find((place) => place !== undefined);
      return secret === undefined ? [] : [{ ...placeOf(starts, node?.offset ?? 0), ...said(secret) }];
    });
  } catch {
    // Its syntax is told by whatever loads it; here a parser's words could quote a secret.
    return [];
  }
}

function* leaves(value: unknown, position: PositionNode | undefined, path: ConfigPath): Generator<Leaf> {
  if (!Array.isArray(value) && !isConfigMap(value)) yield { path, value, node: position };
  else {
    for (const [key, below] of Object.entries<unknown>(value)) {
      yield* leaves(below, position?.children?.get(key), [...path, key]);
    }
  }
}

/** The path of a value as the classes spell it, if they declare it an encrypted secret. */
function secretAt(schema: SectionNode, path: ConfigPath): ConfigPath | undefined {
  let node: SchemaNode = schema;
  const names: string[] = [];
  for (const key of path) {
    if (node.kind === 'leaf') return undefined;
    const below: Pick<SchemaKey, 'name' | 'node'> | undefined =
      node.kind === 'section' ? fieldOf(node, key) : { name: key, node: node.item };
    if (below === undefined) return undefined;
    names.push(below.name);
    node = below.node;
  }
  return isKept(node) ? names : undefined;
}

function fieldOf({ keys, spellings }: SectionNode, key: string): SchemaKey | undefined {
  return keys.get(spellings.get(foldKey(key)) ?? '');
}

/** Variables whose names end with a secret's whole path, whatever prefix they have, or are declared with `@EnvName`. */
function envFields(lines: readonly string[], schema: SectionNode): readonly Place[] {
  const secrets = secretPaths(schema, []);
  return lines.flatMap((line, index) =>
    keyValues(line).flatMap(({ key, value, start }) => {
      const folded = foldKey(key);
      const secret = secrets.find(({ ending, names }) => folded.endsWith(ending) || names.includes(key));
      if (secret === undefined || /^\s*#/.test(line) || !isPlain(value)) return [];
      return [{ line: index + 1, column: start + 1, ...said(secret.path) }];
    }),
  );
}

interface SecretPath {
  readonly path: readonly string[];
  readonly ending: string;
  readonly names: readonly string[];
}

function secretPaths({ keys }: SectionNode, above: readonly string[]): readonly SecretPath[] {
  return [...keys.values()].flatMap(({ name, node, envNames }) => {
    const path = [...above, name];
    if (node.kind === 'section') return secretPaths(node, path);
    return node.kind === 'leaf' && isKept(node) ? [{ path, ending: foldKey(path.join('')), names: envNames }] : [];
  });
}

function isKept(node: SchemaNode): boolean {
  return node.kind === 'leaf' && node.secret !== undefined && node.secret.level !== 'mask';
}

/** A text or number that is neither encrypted, nor a reference, nor says that it is no secret. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return true;
  if (typeof value !== 'string' || value === '') return false;
  return !/^\{(?:jwe|cipher)\}|\$\{/.test(value) && !isStandIn(value);
}

function isEnvFile(file: string): boolean {
  return /(?:^|[\\/])\.env(?:\.[\w.-]+)?$/.test(file);
}

function said(path: ConfigPath): Pick<Place, 'rule' | 'what'> {
  return { rule: 'secure-field', what: `the value of ${formatPath(path)}, which is declared secret` };
}
