import { foldKey, formatPath, isConfigMap, type SchemaNode, type SectionNode } from '../../core/index.js';
import { formatByExtension, lineStarts, placeOf, type PositionNode } from '../../sources/index.js';
import { isAllowed, type Place } from './finding.js';
import { isStandIn, keyValues } from './secret-values.js';

interface SecretLeaf {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly node: PositionNode | undefined;
}

/**
 * The plain-text values of a file that stand where a class declares `@Secure({ level: 'encrypt' })` or `sealed`. A file
 * that does not parse has none: what loads it says why.
 */
export async function scanFields(file: string, text: string, schema: SectionNode): Promise<readonly Place[]> {
  const lines = text.split(/\r\n?|\n/);
  const places = isEnvFile(file) ? envFields(lines, schema) : await treeFields(file, text, schema);
  return places.filter(({ line }) => !isAllowed(lines, line));
}

async function treeFields(file: string, text: string, schema: SectionNode): Promise<readonly Place[]> {
  const format = formatByExtension(file);
  if (format === undefined) return [];
  try {
    const parsed = await format.parse(text);
    const positions = parsed.positions();
    const starts = lineStarts(text);
    return leaves(parsed.root, schema, positions, [])
      .filter(({ value }) => isPlain(value))
      .map(({ path, node }) => ({ ...placeOf(starts, node?.offset ?? 0), ...said(path) }));
  } catch {
    // Its syntax is told by whatever loads it; here a parser's words could quote a secret.
    return [];
  }
}

/** Every value that is declared an encrypted secret, by walking the file and the classes side by side. */
function leaves(
  value: unknown,
  schema: SchemaNode,
  position: PositionNode | undefined,
  path: readonly string[],
): readonly SecretLeaf[] {
  if (schema.kind === 'leaf') return isKept(schema) ? [{ path, value, node: position }] : [];
  if (schema.kind === 'list') {
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    return items.flatMap((item, index) =>
      leaves(item, schema.item, position?.children?.get(String(index)), [...path, String(index)]),
    );
  }
  if (!isConfigMap(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const inside = position?.children?.get(key);
    if (schema.kind === 'map') return leaves(child, schema.item, inside, [...path, key]);
    const name = schema.spellings.get(foldKey(key)) ?? '';
    const known = schema.keys.get(name);
    return known === undefined ? [] : leaves(child, known.node, inside, [...path, name]);
  });
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

function said(path: readonly string[]): Pick<Place, 'rule' | 'what'> {
  return { rule: 'secure-field', what: `the value of ${formatPath(path)}, which is declared secret` };
}
