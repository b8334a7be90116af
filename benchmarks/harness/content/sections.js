// What everybody is given to load, in one of two shapes:
//
//   flat      sections of 50 fields, in one file
//   service   sections of ten groups of ten fields, in a base file and an overlay, and environment variables; with
//             `root`, everything is below that one key
//
// A section is `{ name, fields, groups }`, and so is a group. A field is `{ name, kind, min?, max?, base, overlay?,
// variable?, value }`: what each source says of it, and the one that counts.

/** Fields of a flat section: 20 integers, 20 strings, 10 booleans. */
export const FIELDS_PER_SECTION = 50;

const GROUP = 10;
const KINDS = ['integer', 'text', 'integer', 'text', 'switch'];
const NAMES = { integer: 'limit', text: 'label', switch: 'enabled' };
const MAX = 1_000_000;
const MOST_VARIABLES = 100;

/**
 * The sections of a content `{ shape, leaves }`. Each has field names of its own, as in a service; only the first field
 * of a flat section, `limit00`, has its namesake in every section. Were all names alike, the engine would keep one hidden
 * class for all sections of whoever hands out plain objects.
 */
export function describeSections({ shape = 'flat', leaves }) {
  return shape === 'flat' ? flatSections(leaves) : serviceSections(leaves);
}

/** The base file as a plain tree. */
export function buildTree(content) {
  return treeOf(content, ({ base }) => base);
}

/** The overlay as a plain tree: a few leaves of each section. */
export function buildOverlay(content) {
  return treeOf(content, ({ overlay }) => overlay);
}

/** What environment variables set: `[{ path, kind, text }]`. */
export function listVariables(content) {
  return leavesOf(content).flatMap(({ path, field: { kind, variable } }) =>
    variable === undefined ? [] : [{ path, kind, text: String(variable) }],
  );
}

/** Every leaf: `[{ path, field }]`, the path from the root of the content. */
export function leavesOf(content) {
  const above = content.root === undefined ? [] : [content.root];
  const below = (path, { name, fields, groups }) => [
    ...fields.map((field) => ({ path: [...path, name, field.name], field })),
    ...groups.flatMap((group) => below([...path, name], group)),
  ];
  return describeSections(content).flatMap((section) => below(above, section));
}

function flatSections(leaves) {
  const each = Math.min(leaves, FIELDS_PER_SECTION);
  return numbered(countOf(leaves, each), (section) => ({
    name: nameOf(section),
    fields: numbered(each, (field) =>
      settled(leaf(section, field, `${padded(field, 2)}${field === 0 ? '' : `Of${padded(section, 3)}`}`)),
    ),
    groups: [],
  }));
}

function serviceSections(leaves) {
  const groups = Math.min(GROUP, countOf(leaves, GROUP));
  const sections = countOf(leaves, groups * GROUP);
  const variablesEach = Math.min(MOST_VARIABLES, leaves / GROUP) / sections;
  return numbered(sections, (section) => ({
    name: nameOf(section),
    fields: [],
    groups: numbered(groups, (group) => ({
      name: asWritten(`group${group}Of${padded(section, 3)}`),
      // Integers and strings only: what a boolean may look like in a variable differs too much.
      fields: numbered(GROUP, (field) => {
        const described = leaf(section, group * GROUP + field, `${field}Of${padded(section, 3)}x${group}`);
        return settled({
          ...described,
          // Two in a hundred.
          ...(group % 5 === 0 && field === (group === 0 ? 3 : 0) && { overlay: other(described, 1) }),
          ...((group + section) % GROUP < variablesEach && field === section % 2 && { variable: other(described, 2) }),
        });
      }),
      groups: [],
    })),
  }));
}

function leaf(section, index, suffix) {
  const kind = KINDS[index % KINDS.length];
  return {
    name: asWritten(`${NAMES[kind]}${suffix}`),
    kind,
    ...(kind === 'integer' && { min: 0, max: MAX }),
    base: valueAt(section, index),
  };
}

/**
 * The name as a source file has it: a literal, which the engine keeps once and finds by identity, where what is joined from
 * parts is compared letter by letter.
 */
function asWritten(name) {
  return Object.keys({ [name]: true })[0];
}

function valueAt(section, index) {
  const seed = (section * 7919 + index * 104729) % 999_983;
  switch (KINDS[index % KINDS.length]) {
    case 'integer':
      return seed;
    case 'text':
      return `host-${seed}.region-${section % 7}.example.org`;
    default:
      return seed % 2 === 0;
  }
}

/** Another value of the same kind. */
function other({ kind, base }, step) {
  return kind === 'integer' ? base + step : `${base}.${step}`;
}

function settled(field) {
  return { ...field, value: field.variable ?? field.overlay ?? field.base };
}

function treeOf(content, valueOf) {
  const below = ({ fields, groups }) => {
    const entries = [
      ...fields.map((field) => [field.name, valueOf(field)]),
      ...groups.map((group) => [group.name, below(group)]),
    ].filter(([, value]) => value !== undefined);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  };
  const tree = below({ fields: [], groups: describeSections(content) });
  return content.root === undefined ? tree : { [content.root]: tree };
}

function countOf(leaves, each) {
  if (leaves % each !== 0) throw new RangeError(`leaves: a multiple of ${each}, not ${leaves}`);
  return leaves / each;
}

function nameOf(section) {
  return `section${padded(section, 3)}`;
}

function numbered(length, make) {
  return Array.from({ length }, (_, index) => make(index));
}

function padded(number, digits) {
  return String(number).padStart(digits, '0');
}
