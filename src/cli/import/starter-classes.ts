import { type ConfigPath, formatPath, isConfigMap } from '../../core/index.js';
import {
  type FieldFacts,
  type ImportedProject,
  KNOWN_ENVIRONMENTS,
  merged,
  withoutSpellings,
} from './imported-project.js';

/** The files of a project, by their path: classes, the configuration file, and files of settings. */
export function starterClasses(project: ImportedProject, envFolder: string): ReadonlyMap<string, string> {
  const { layers, facts, isEnvFiles } = project;
  const base = layers.get('') ?? {};
  const all = [...layers.values()].reduce<unknown>(merged, {});
  const tree = isConfigMap(all) ? all : {};
  // A key becomes a name of the program and of a file: what could be more than that is no setting of any class.
  const settings = Object.entries(withoutSpellings(tree)).filter(([key]) => isField(key));
  const groups = settings.filter(([, value]) => isGroup(value));
  const singles = settings.filter(([, value]) => !isGroup(value));
  const files = new Map<string, string>();
  const classes: { readonly name: string; readonly file: string }[] = [];
  const add = (name: string, section: string, values: Readonly<Record<string, unknown>>, at: ConfigPath): void => {
    const file = `src/settings/${kebab(name)}.ts`;
    const writer = new ClassWriter(facts, base);
    writer.section(name, section, values, at);
    files.set(file, writer.text());
    classes.push({ name, file });
  };
  for (const [key, value] of groups) if (isConfigMap(value)) add(`${pascal(key)}Settings`, camel(key), value, [key]);
  if (singles.length > 0) add('RootSettings', '', Object.fromEntries(singles), []);
  const others = [...layers.keys()].filter(
    (name) => name !== '' && name !== 'local' && !KNOWN_ENVIRONMENTS.includes(name),
  );
  files.set('uno.config.ts', configFile(classes, others, isEnvFiles ? envFolder : undefined, layers.has('local')));
  return files;
}

/** The keys at the root that no class can have. */
export function keysWithoutClass({ layers }: ImportedProject): readonly string[] {
  return [...new Set([...layers.values()].flatMap((layer) => Object.keys(layer)))].filter((key) => !isField(key));
}

function isGroup(value: unknown): boolean {
  return isConfigMap(value) && Object.keys(value).length > 0 && Object.keys(value).every(isField);
}

/** What can be the name of a property, in one spelling or another. */
function isField(key: string): boolean {
  return /^[A-Za-z][\w-]*$/.test(key) && !['constructor', 'prototype', '__proto__'].includes(key);
}

class ClassWriter {
  readonly #facts: ReadonlyMap<string, FieldFacts>;
  readonly #base: Readonly<Record<string, unknown>>;
  readonly #validators = new Set<string>();
  readonly #decorators = new Set<string>(['ConfigSection']);
  readonly #classes: string[] = [];
  readonly #names = new Set<string>();
  #isNested = false;

  public constructor(facts: ReadonlyMap<string, FieldFacts>, base: Readonly<Record<string, unknown>>) {
    this.#facts = facts;
    this.#base = base;
  }

  public section(name: string, section: string, values: Readonly<Record<string, unknown>>, at: ConfigPath): void {
    this.#names.add(name);
    const body = this.#fields(values, at, name.replace(/Settings$/, ''));
    this.#classes.push(`@ConfigSection(${quoted(section)})\nexport class ${name} {\n${body}}\n`);
  }

  public text(): string {
    const lines = [
      ...(this.#validators.size > 0
        ? [`import { ${[...this.#validators].sort().join(', ')} } from 'class-validator';`]
        : []),
      ...(this.#isNested ? ["import { Type } from 'class-transformer';"] : []),
      `import { ${[...this.#decorators].sort().join(', ')} } from 'uno-config/sections';`,
    ];
    return `${lines.join('\n')}\n\n${this.#classes.join('\n')}`;
  }

  #fields(values: Readonly<Record<string, unknown>>, at: ConfigPath, owner: string): string {
    return Object.entries(withoutSpellings(values))
      .map(([key, value]) => this.#field(key, value, [...at, key], owner))
      .join('\n');
  }

  #field(key: string, value: unknown, path: ConfigPath, owner: string): string {
    const facts = this.#facts.get(formatPath(path));
    const found = facts?.decorators === undefined ? this.#typeOf(key, value, path, owner) : this.#known(facts);
    const isOptional = facts?.isOptional ?? (value === null || !isSet(this.#base, path));
    const lines = [
      ...(facts?.description === undefined ? [] : [this.#ours('Describe', quoted(facts.description))]),
      ...(facts?.envNames === undefined ? [] : [this.#ours('EnvName', facts.envNames.map(quoted).join(', '))]),
      ...(isOptional ? [this.#validator('IsOptional', '')] : []),
      ...found.decorators,
    ];
    const name = camel(key);
    return `${lines.map((line) => `  ${line}\n`).join('')}  ${name}${isOptional ? '?' : '!'}: ${found.type};\n`;
  }

  #known({ decorators = [], type = 'string' }: FieldFacts): { decorators: readonly string[]; type: string } {
    return {
      type: type === 'Duration' ? this.#imported(type) : type,
      decorators: decorators.map((each) => {
        const [name = '', args = ''] = /^(\w+)(?:\((.*)\))?$/s.exec(each)?.slice(1) ?? [];
        return OURS.has(name) ? this.#ours(name, args) : this.#validator(name, args);
      }),
    };
  }

  #typeOf(
    key: string,
    value: unknown,
    path: ConfigPath,
    owner: string,
  ): { decorators: readonly string[]; type: string } {
    if (typeof value === 'string') return { decorators: [this.#validator('IsString', '')], type: 'string' };
    if (typeof value === 'boolean') return { decorators: [this.#validator('IsBoolean', '')], type: 'boolean' };
    if (typeof value === 'number')
      return { decorators: [this.#validator(Number.isInteger(value) ? 'IsInt' : 'IsNumber', '')], type: 'number' };
    if (Array.isArray(value)) {
      const types = new Set(value.map((item) => typeof item));
      const [only] = types;
      const type = types.size === 1 ? ITEMS[only ?? ''] : undefined;
      if (type !== undefined)
        return { decorators: [this.#ours('ListOf', `() => ${type}`)], type: `readonly ${String(only)}[]` };
      return { decorators: [this.#validator('Allow', '')], type: 'readonly unknown[]' };
    }
    if (isConfigMap(value) && isGroup(value)) {
      const name = this.#nestedName(`${owner}${pascal(key)}`);
      const body = this.#fields(value, path, name.replace(/Settings$/, ''));
      this.#classes.push(`export class ${name} {\n${body}}\n`);
      this.#isNested = true;
      return { decorators: [this.#validator('ValidateNested', ''), `@Type(() => ${name})`], type: name };
    }
    if (isConfigMap(value))
      return { decorators: [this.#validator('IsObject', '')], type: 'Readonly<Record<string, unknown>>' };
    return { decorators: [this.#validator('Allow', '')], type: 'unknown' };
  }

  #nestedName(wanted: string): string {
    let name = `${wanted}Settings`;
    for (let count = 2; this.#names.has(name); count++) name = `${wanted}${String(count)}Settings`;
    this.#names.add(name);
    return name;
  }

  #validator(name: string, args: string): string {
    this.#validators.add(name);
    return `@${name}(${args})`;
  }

  #ours(name: string, args: string): string {
    return `@${this.#imported(name)}(${args})`;
  }

  #imported(name: string): string {
    this.#decorators.add(name);
    return name;
  }
}

const OURS: ReadonlySet<string> = new Set(['IsDuration', 'ListOf', 'MapOf']);
const ITEMS: Readonly<Record<string, string>> = { string: 'String', number: 'Number', boolean: 'Boolean' };

function isSet(tree: unknown, [key, ...rest]: ConfigPath): boolean {
  if (key === undefined) return tree !== null;
  return isConfigMap(tree) && Object.hasOwn(tree, key) && isSet(tree[key], rest);
}

function configFile(
  classes: readonly { readonly name: string; readonly file: string }[],
  environments: readonly string[],
  envFolder: string | undefined,
  isLocal: boolean,
): string {
  const isEnvFiles = envFolder !== undefined;
  const envOptions = envFolder === undefined || envFolder === '' ? '' : `{ folder: ${quoted(envFolder)} }`;
  const sources = isEnvFiles ? [`envFiles(${envOptions})`] : ["configFolder('config')"];
  if (isLocal) sources.push("optional(yamlFile('config/local.yaml'))");
  const names = [
    ...(isEnvFiles ? ['envFiles'] : ['configFolder']),
    'defineConfig',
    ...(isLocal ? ['optional'] : []),
    'processEnv',
    ...(isLocal ? ['yamlFile'] : []),
  ];
  const declared = environments.map((name) => `${/^\w+$/.test(name) ? name : quoted(name)}: 'production'`);
  return `import { ${names.join(', ')} } from 'uno-config/standalone';
${classes.map(({ name, file }) => `import { ${name} } from './${file.replace(/\.ts$/, '.js')}';`).join('\n')}

export default defineConfig({
  sections: [${classes.map(({ name }) => name).join(', ')}],
  sources: [${[...sources, 'processEnv()'].join(', ')}],
${declared.length === 0 ? '' : `  environments: { ${declared.join(', ')} },\n`}});
`;
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** As the property of a class. */
export function camel(key: string): string {
  const words = key.split(/[-_]+/).filter((word) => word !== '');
  const isUpper = key === key.toUpperCase();
  const made = words.map((word, at) => {
    const text = isUpper ? word.toLowerCase() : word;
    return at === 0 ? text.charAt(0).toLowerCase() + text.slice(1) : text.charAt(0).toUpperCase() + text.slice(1);
  });
  return made.join('');
}

function pascal(key: string): string {
  const name = camel(key);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}
