import { basename, dirname, join } from 'node:path';
import { type ConfigPath, formatPath, isConfigMap } from '../../core/index.js';
import { formatByExtension } from '../../sources/index.js';
import { UsageError } from '../usage-error.js';
import { type ImportedProject, type ImportNote, KNOWN_ENVIRONMENTS, merged, withValue } from './imported-project.js';
import { namesIn, textOf } from './read-files.js';

const FILE = /^application(?:-([\w-]+))?\.ya?ml$/;
const PROFILES: Readonly<Record<string, string>> = { prod: 'production', dev: 'development', default: '' };

/** `application.yml` and those of its profiles. */
export async function fromSpring(file: string): Promise<ImportedProject> {
  const isFile = /\.ya?ml$/.test(file);
  const folder = isFile ? dirname(file) : file;
  const names = (await namesIn(folder)).filter(
    (name) => FILE.test(name) && (!isFile || name.startsWith(basename(file).replace(/\.ya?ml$/, ''))),
  );
  if (names.length === 0)
    throw new UsageError(
      `There is no application.yml in ${folder}.`,
      'Name its folder: uno-config import spring <folder>.',
    );
  const notes: ImportNote[] = [];
  const layers = new Map<string, Readonly<Record<string, unknown>>>([['', {}]]);
  // Documents for profiles come after those for all, whichever file they are in.
  for (const name of names) {
    const [, ofFile] = FILE.exec(name) ?? [];
    for (const { text, line } of documentsIn(await textOf(join(folder, name)))) {
      const root = await parsed(name, text);
      const place = `${name}:${String(line)}`;
      const tree = carried(root, [], place, notes);
      for (const profile of profilesIn(root, place, notes) ?? [ofFile ?? '']) {
        const layer = (Object.hasOwn(PROFILES, profile) ? PROFILES[profile] : undefined) ?? profile;
        if (layer !== '' && !KNOWN_ENVIRONMENTS.includes(layer) && !layers.has(layer)) {
          notes.push({
            place,
            message: `is of the profile ${profile}, which is declared in uno.config.ts as an environment like production`,
          });
        }
        const made = merged(layers.get(layer) ?? {}, tree);
        if (isConfigMap(made)) layers.set(layer, made);
      }
    }
  }
  return { layers, facts: new Map(), isEnvFiles: false, notes };
}

function documentsIn(text: string): readonly { readonly text: string; readonly line: number }[] {
  const lines = text.split(/\r?\n/);
  const starts = [0, ...lines.flatMap((line, at) => (/^---(?:\s|$)/.test(line) && at > 0 ? [at] : []))];
  return starts
    .map((start, at) => ({
      text: lines
        .slice(start, starts[at + 1])
        .join('\n')
        .replace(/^---/, ''),
      line: start + 1,
    }))
    .filter((document) => /^\s*[^\s#]/m.test(document.text));
}

async function parsed(name: string, text: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const root = (await formatByExtension(name)?.parse(text))?.root;
    return isConfigMap(root) ? nested(root) : {};
  } catch {
    // The parser's words may quote a secret.
    throw new UsageError(`${name} cannot be read as YAML.`, 'A key that is written twice, and a tab, are errors here.');
  }
}

/** Keys with dots are paths. */
function nested(tree: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  let made: Readonly<Record<string, unknown>> = {};
  for (const [key, value] of Object.entries(tree)) {
    const path = key.includes('[') ? [key] : key.split('.');
    const below = isConfigMap(value) ? nested(value) : value;
    const before = path.reduce<unknown>((node, part) => (isConfigMap(node) ? node[part] : undefined), made);
    made = withValue(made, path, merged(before, below));
  }
  return made;
}

/** The profiles that a document is for; `undefined` where it says none. */
function profilesIn(
  root: Readonly<Record<string, unknown>>,
  place: string,
  notes: ImportNote[],
): readonly string[] | undefined {
  const at = (path: ConfigPath): unknown =>
    path.reduce<unknown>((node, key) => (isConfigMap(node) ? node[key] : undefined), root);
  const said = at(['spring', 'config', 'activate', 'on-profile']) ?? at(['spring', 'profiles']);
  if (said === undefined || isConfigMap(said)) return undefined;
  const profiles = [said]
    .flat()
    .flatMap((each) => (typeof each === 'string' ? each : '').split(','))
    .map((each) => each.trim());
  if (profiles.every((profile) => /^[\w-]+$/.test(profile))) return profiles;
  notes.push({
    place,
    message: 'is for an expression of profiles, which has no counterpart: its settings are left out',
  });
  return [];
}

/** What Spring reads itself, and no program. */
const OF_SPRING = ['spring.profiles', 'spring.config', 'spring.application.admin', 'spring.main'];

function carried(value: unknown, path: ConfigPath, place: string, notes: ImportNote[]): unknown {
  const at = formatPath(path);
  if (typeof value === 'string') return placeholders(value, `${place}, ${at}`, notes);
  if (Array.isArray(value))
    return value.map((item: unknown, index) => carried(item, [...path, String(index)], place, notes));
  if (!isConfigMap(value)) return value;
  const entries = Object.entries(value).flatMap(([key, below]): readonly [string, unknown][] => {
    const inner = [...path, key];
    if (key.includes('[')) {
      notes.push({
        place: `${place}, ${formatPath(inner)}`,
        message: 'is a key with an index: write the list as a whole',
      });
      return [];
    }
    if (OF_SPRING.includes(formatPath(inner))) {
      if (!/^spring\.(?:profiles|config)$/.test(formatPath(inner)) || hasMore(below))
        notes.push({ place: `${place}, ${formatPath(inner)}`, message: 'is read by Spring itself, and left out' });
      return [];
    }
    return [[key, carried(below, inner, place, notes)]];
  });
  return Object.fromEntries(entries.filter(([, below]) => !isConfigMap(below) || Object.keys(below).length > 0));
}

function hasMore(value: unknown): boolean {
  return isConfigMap(value) && Object.keys(value).some((key) => key !== 'activate');
}

/** `${a.b:default}` is `${a.b:-default}`; a name in capitals is a variable. */
function placeholders(text: string, place: string, notes: ImportNote[]): string {
  if (text.includes('#{')) notes.push({ place, message: 'holds an expression #{…}, which stays text' });
  if (text.startsWith('{cipher}'))
    notes.push({ place, message: 'is encrypted for Spring Cloud Config: encrypt it anew with uno-config encrypt' });
  if (/\$\{(?:random\.|[\w.-]*@)/.test(text))
    notes.push({ place, message: 'holds a placeholder of Spring alone, such as ${random.…}' });
  let made = '';
  for (let at = 0; at < text.length;) {
    const start = text.indexOf('${', at);
    if (start === -1) return made + text.slice(at);
    const end = closing(text, start + 2);
    if (end === undefined) return `${made}${text.slice(at, start)}$${text.slice(start)}`;
    const inner = text.slice(start + 2, end);
    const colon = inner.indexOf(':');
    const name = colon === -1 ? inner : inner.slice(0, colon);
    const instead = colon === -1 ? '' : `:-${placeholders(inner.slice(colon + 1), place, notes)}`;
    const target = /^[A-Z][A-Z0-9_]*$/.test(name) ? `env:${name}` : name;
    made += `${text.slice(at, start)}\${${target}${instead}}`;
    at = end + 1;
  }
  return made;
}

function closing(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('${', at)) depth++;
    else if (text[at] === '}' && depth-- === 0) return at;
  }
  return undefined;
}
