import type { SectionMigrations } from '../../../src/sections/index.js';

/** The steps that the documents are written for. */
export const STEPS: SectionMigrations = {
  2: [
    { rename: 'hostname', to: 'host' },
    { convert: 'timeout', with: (value) => (typeof value === 'number' ? `${String(value)}s` : value) },
  ],
  3: [
    { remove: 'driver' },
    {
      split: 'listen',
      into: (value) => {
        const [address, port] = String(value).split(':');
        return { address, port: Number(port) };
      },
    },
  ],
};

/** One document, and what of it must be there afterwards, to the byte. */
export interface AwkwardDocument {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** A generator of numbers from a seed (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const FORMATS = ['yaml', 'jsonc', 'toml', 'env'] as const;

/** Documents in the four formats in turn, the same for a seed. */
export function awkwardDocument(seed: number): AwkwardDocument {
  const roll = dice(seed * 7919 + 17);
  const pick = <T>(list: readonly T[]): T => list[roll(list.length)] as T;
  const format = FORMATS[seed % FORMATS.length];
  const [before, after] =
    format === 'yaml' ? yaml(pick) : format === 'jsonc' ? jsonc(pick) : format === 'toml' ? toml(pick) : env(pick);
  const [eol, mark] = [pick(['\n', '\n', '\r\n']), format === 'env' ? '' : pick(['', '', '\uFEFF'])];
  const inFile = (lines: readonly string[]): string =>
    mark + lines.map((line) => line.replaceAll('\n', eol) + eol).join('');
  return { file: `app-${String(seed)}.${format ?? ''}`, before: inFile(before), after: inFile(after) };
}

type Pick = <T>(list: readonly T[]) => T;
type Sides = readonly [before: readonly string[], after: readonly string[]];

/** Lines on both sides, or a pair where they differ; `undefined` for a line that is not there. */
type Line = string | readonly [string | undefined, string | undefined];

function sides(lines: readonly Line[]): Sides {
  const of = (at: 0 | 1): readonly string[] =>
    lines.flatMap((line) => (typeof line === 'string' ? [line] : (line[at] ?? [])));
  return [of(0), of(1)];
}

function shuffled<T>(pick: Pick, items: readonly T[]): readonly T[] {
  const left = [...items];
  const made: T[] = [];
  while (left.length > 0) made.push(...left.splice(left.indexOf(pick(left)), 1));
  return made;
}

/** Some of the items, in another order. */
function some<T>(pick: Pick, items: readonly T[]): readonly T[] {
  return shuffled(pick, items).filter(() => pick([true, true, false]));
}

function yaml(pick: Pick): Sides {
  const noise: readonly string[] = [
    '# a comment: with: colons',
    '',
    'anchors: &shared   { a: 1,   b: [ 2,3 ] }',
    'alias:   *shared',
    'merged:\n  <<: *shared\n  own: "1"',
    "\"quoted key\":    'it''s'   # why",
    'block: |+\n  # no comment\n\n  hostname: 1\n\n',
    'folded: >-\n   two\n   lines   # text\n',
    'list:\n- a\n-   b: 1\n    hostname: x # its own',
    'flow: {a: 1, "b" : [x, {hostname: 1}],}',
    'plain: several\n  lines of\n  text',
    'number: 0x1F',
    'time: 12:30:45',
    'nothing:',
    'gone: !unset',
    'ünicode: "\\u00e9 – é"',
    '? explicit\n: value',
    'tabs:\t\t"behind"\t# comment',
  ];
  const above = some(pick, noise.slice(0, 2)).concat(
    pick([[], ['anchors: &shared   { a: 1,   b: [ 2,3 ] }', 'alias:   *shared', 'merged:\n  <<: *shared\n  own: "1"']]),
    some(pick, noise.slice(5, 12)),
  );
  const below = some(pick, noise.slice(12)).concat(pick([[], ['# the end']]));
  const indent = ' '.repeat(pick([1, 2, 3, 4, 8]));
  const [tab, comment] = [pick([' ', '  ', '\t', '     ']), pick(['', '  # why', '\t# hostname: x', ' #'])];
  const quote = pick(['', '"', "'"]);
  const name = `${quote}hostname${quote}`;
  const host = pick([
    'db',
    '"d\\tb"',
    "'it''s'",
    '&h db',
    '!!str 1',
    '|\n' + indent + '  text\n',
    '>-\n' + indent + '  a\n' + indent + '  b',
    '[a, b]',
    '{a: 1}',
  ]);
  // The parser takes no tab ahead of a bracket.
  const gap = /^[[{]/.test(host) ? ' ' : tab;
  // A comment cannot follow a block.
  const tail = host.includes('\n') ? '' : comment;
  const entries: readonly (readonly Line[])[] = shuffled(pick, [
    [[`${indent}${name}:${gap}${host}${tail}`, `${indent}${quote}host${quote}:${gap}${host}${tail}`]],
    [[`${indent}timeout:${gap}5${comment}`, `${indent}timeout:${gap}5s${comment}`]],
    [[`${indent}driver:${gap}x.y.Z`, undefined]],
    [[`${indent}listen:${gap}"a:80"${comment}`, `${indent}address:${gap}"a"${comment}\n${indent}port: 80`]],
    [`${indent}other: {a: 1,   b: 'x' } # kept`],
    [`${indent}# between`],
    [`${indent}deep:\n${indent}${indent}hostname: not mine\n`],
  ]);
  const head = pick(['database:', 'database:   # the database', '"database" :', 'database: !!map']);
  return sides([...above, head, [undefined, `${indent}$version: 3`], ...entries.flat(), ...below]);
}

function jsonc(pick: Pick): Sides {
  const noise: readonly Line[] = [
    '  // a comment, "hostname": 1,',
    '  /* two\n     lines */',
    '',
    '  "list" : [ 1,2 , { "hostname": "x" } ],',
    '  "url": "http://x//y", // "driver": 1',
    '  "escaped \\"key\\"":\t"\\u00e9\\n",',
    '  "flow": {"a":1,"b":{}},',
  ];
  const indent = pick(['  ', '    ', '\t', '']);
  const behind = pick(['', ' // why', ' /* why */', '  // "a": 1,']);
  const gap = pick([' ', '', '   ', '\t']);
  const host = pick(['"db"', '"d\\"b"', '[1,\n 2 ]', '{ "a" : 1 }', 'null', '1.50', 'true']);
  const entries: readonly Line[] = shuffled(pick, [
    [`${indent}"hostname"${gap}:${gap}${host},${behind}`, `${indent}"host"${gap}:${gap}${host},${behind}`],
    [`${indent}"timeout":${gap}5 ,${behind}`, `${indent}"timeout":${gap}"5s" ,${behind}`],
    [`${indent}"driver":${gap}"x.y.Z",`, undefined],
    [`${indent}"listen":${gap}"a:80",${behind}`, `${indent}"address":${gap}"a",${behind}\n${indent}"port": 80,`],
    `${indent}"other": {"a":1, "b":'' }, // kept`.replace("''", '""'),
    `${indent}// between`,
    `${indent}"deep":\n${indent}{ "hostname": "not mine" },`,
  ] satisfies readonly Line[]);
  // The version is written ahead of what comes first, which may be behind a comment.
  const first = entries.findIndex((line) => !/driver|between/.test(String(line)));
  const version: Line = [undefined, `${indent}"$version": 3,`];
  const last = `${indent}"last": 1${pick(['', ','])}`;
  return sides([
    '{',
    ...some(pick, noise),
    pick(['  "database": {', '"database":\n{', '\t"database" : { // the database']),
    ...entries.slice(0, first),
    version,
    ...entries.slice(first),
    last,
    pick(['  },', '},', '\t} , // end']),
    '  "end": 1',
    '}',
  ]);
}

function toml(pick: Pick): Sides {
  const noise: readonly string[] = [
    '# a comment = 1',
    '',
    'title = "x"   # hostname = 1',
    "'quoted key'   =  'C:\\path'",
    'dotted.key . deep = 1',
    'inline = { a = 1,  hostname = "x" }',
    'text = """\nhostname = 1\n  \\\n  more"""',
    'list = [ # comment\n  1,\n  2, # two\n]',
    'date = 1979-05-27 07:32:00',
  ];
  const [gap, comment] = [pick([' ', '', '\t', '   ']), pick(['', ' # why', '# listen = 1'])];
  const indent = pick(['', '', '  ', '\t']);
  const host = pick(['"db"', "'db'", '"""\ntwo\nlines"""', '[1,2, ]', '{ a = 1 }', '0x1F', '1979-05-27']);
  const quote = pick(['', '"', "'"]);
  const entries: readonly Line[] = shuffled(pick, [
    [
      `${indent}${quote}hostname${quote}${gap}=${gap}${host}${comment}`,
      `${indent}${quote}host${quote}${gap}=${gap}${host}${comment}`,
    ],
    [`${indent}timeout${gap}=${gap}5${comment}`, `${indent}timeout${gap}=${gap}"5s"${comment}`],
    [`${indent}driver${gap}=${gap}"x.y.Z"`, undefined],
    [`${indent}listen${gap}=${gap}'a:80'${comment}`, `${indent}address${gap}=${gap}'a'${comment}\n${indent}port = 80`],
    `${indent}other = { a = 1,b=2 } # kept`,
    `${indent}# between`,
    `${indent}deep.hostname = "not mine"`,
  ] satisfies readonly Line[]);
  const end = pick([
    '[other]\nhostname = "x"',
    '[[many]]\nhostname = 1\n[[many]]',
    '[database.more]\nhostname = 1',
    '# end',
  ]);
  return sides([
    ...some(pick, noise),
    pick(['[database]', '[ database ] # db', '["database"]']),
    [undefined, '"$version" = 3'],
    ...entries,
    end,
  ]);
}

function env(pick: Pick): Sides {
  const noise = [
    '# a comment=1',
    '',
    'OTHER=1 # x',
    'export PATH_TO="a b"',
    "TEXT='two\nDATABASE__HOSTNAME=1\n'",
    'X: yaml',
    'EMPTY=',
  ];
  const lead = pick(['', '', 'export ', '  ']);
  const [comment, gap] = [pick(['', ' # why']), pick(['', ' '])];
  const quote = pick(['', '"', "'", '`']);
  const host = pick(['db', '"a#b"', "'two\nlines'", '`x`', '']);
  return sides([
    ...some(pick, noise),
    ...shuffled(pick, [
      [
        `${lead}DATABASE__HOSTNAME${gap}=${gap}${host}${comment}`,
        `${lead}DATABASE__HOST${gap}=${gap}${host}${comment}`,
      ],
      [`DATABASE__TIMEOUT=${gap}5${comment}`, `DATABASE__TIMEOUT=${gap}5s${comment}`],
      [`DATABASE__DRIVER=x.y.Z`, undefined],
      [
        `${lead}DATABASE__LISTEN=${quote}a:80${quote}${comment}`,
        `${lead}DATABASE__ADDRESS=${quote}a${quote}${comment}\n${lead}DATABASE__PORT=80`,
      ],
      'DATABASE__OTHER=HOSTNAME # kept',
    ] satisfies readonly Line[]),
    ...some(pick, noise.slice(0, 2)),
  ]);
}
