import {
  type ConfigIssue,
  type ConfigPath,
  type SchemaKey,
  type SchemaNode,
  type SectionNode,
  ConfigError,
  formatPath,
  ROOT_PATH,
} from '../../core/index.js';
import type { DeclaredName, KeyNames, KeyStyle } from './key-names.js';
import { sectionSegments, spellName } from './key-names.js';
import { resolveOwnName } from './key-resolve.js';

const checked = new WeakMap<SectionNode, Map<string, KeyNames>>();

/**
 * The legal names of a schema's fields: checked once for each schema, prefix and separator. No list of names is made;
 * what a variable means is found by walking the schema.
 *
 * @throws ConfigError `ambiguous-environment-name` when two fields claim one name.
 */
export function keyNamesOf(schema: SectionNode, prefix: string, separator: string): KeyNames {
  const styles = checked.get(schema) ?? new Map<string, KeyNames>();
  checked.set(schema, styles);
  const key = `${separator}\0${prefix}`;
  let names = styles.get(key);
  if (names === undefined) styles.set(key, (names = new NameClaims({ schema, prefix, separator }).settle()));
  return names;
}

/** Walks a schema and notes which field claims which name. */
class NameClaims {
  readonly #style: KeyStyle;
  readonly #declared = new Map<string, DeclaredName>();
  readonly #issues: ConfigIssue[] = [];
  readonly #seen = new Set<SectionNode>();
  readonly #above = new Set<SectionNode>();

  public constructor(style: KeyStyle) {
    this.#style = style;
  }

  public settle(): KeyNames {
    this.#section(this.#style.schema, ROOT_PATH, true);
    for (const [name, { path }] of this.#declared) this.#compareWithSpelled(name, path);
    if (this.#issues.length > 0) throw ambiguousNames(this.#issues);
    return { ...this.#style, declared: this.#declared, found: new Map() };
  }

  // Not fixed: below a list or a map, where a declared name could not identify an item.
  #section(section: SectionNode, path: ConfigPath, fixed: boolean): void {
    if (section.plainNames === true || this.#above.has(section) || (!fixed && this.#seen.has(section))) return;
    if (!this.#seen.has(section)) this.#claimSegments(section, path);
    this.#seen.add(section);
    this.#above.add(section);
    for (const key of section.keys.values()) {
      if (key.node.kind === 'leaf' && key.envNames.length === 0) continue;
      const below = [...path, key.name];
      if (fixed) this.#claimDeclared(key, below);
      this.#descend(key.node, below, fixed);
    }
    this.#above.delete(section);
  }

  #descend(node: SchemaNode, path: ConfigPath, fixed: boolean): void {
    if (node.kind === 'section') this.#section(node, path, fixed);
    else if (node.kind !== 'leaf') this.#descend(node.item, [...path, '0'], false);
  }

  #claimSegments(section: SectionNode, path: ConfigPath): void {
    for (const { segment, fields } of sectionSegments(section).claimedTwice) {
      const { prefix, separator } = this.#style;
      const name = path.length === 0 ? prefix + segment : spellName(this.#style, path) + separator + segment;
      this.#report(name, [...path, fields[0]], [...path, fields[1]]);
    }
  }

  #claimDeclared(key: SchemaKey, path: ConfigPath): void {
    for (const [index, name] of key.envNames.entries()) {
      const other = this.#declared.get(name);
      if (other === undefined) this.#declared.set(name, { path, node: key.node, rank: index + 1 });
      else if (other.path !== path) this.#report(name, other.path, path);
    }
  }

  #compareWithSpelled(name: string, path: ConfigPath): void {
    if (!name.startsWith(this.#style.prefix)) return;
    const meaning = resolveOwnName(name, this.#style);
    if (meaning.kind === 'known' && formatPath(meaning.path) !== formatPath(path))
      this.#report(name, path, meaning.path);
  }

  #report(name: string, first: ConfigPath, second: ConfigPath): void {
    this.#issues.push({
      code: 'ambiguous-environment-name',
      path: first,
      message: `shares the environment name ${name} with ${formatPath(second)}`,
      hint: 'Rename one of the two fields, or change what @Alias or @EnvName declares.',
    });
  }
}

function ambiguousNames(issues: readonly ConfigIssue[]): ConfigError {
  return new ConfigError({
    code: 'ambiguous-environment-name',
    message: 'Some fields of the settings classes claim the same environment name.',
    issues,
  });
}
