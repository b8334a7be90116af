import {
  type AccessRight,
  type ConfigPath,
  type SchemaNode,
  type SecretGate,
  type SecretWish,
  ConfigError,
  formatPath,
  secretAt,
  type SchemaKey,
  type SectionNode,
} from '../../core/index.js';
import { isHidden, type Hiding } from './shown-value.js';

/** The settings that a caller may see. */
export interface Sight {
  /** True for a setting that they may know of. */
  lists(path: ConfigPath): boolean;
  /** True for a setting that is no secret, or that they may see masked. */
  shows(path: ConfigPath): boolean;
  /** True for a setting that they may know of and ask for by its name. That they may not is on record. */
  finds(path: ConfigPath): boolean;
  /**
   * Returns when they may see a setting that they have found by its name, masked if it is a secret.
   *
   * @throws ConfigError `access-denied`.
   */
  admit(path: ConfigPath): void;
}

interface Seen extends Hiding {
  readonly plan: Hiding['plan'] & { readonly gate: SecretGate; readonly schema: SchemaNode };
}

/** The visibility of those who have the sources anyway: the library's own log, and the command line. */
export const FULL_SIGHT: Sight = Object.freeze({
  lists: () => true,
  shows: () => true,
  finds: () => true,
  admit: () => undefined,
});

/** The visibility for the principal that the code runs for, by the access policy. Non-secrets are visible to all. */
export function sightOf(facts: Seen): Sight {
  const { gate } = facts.plan;
  const may = (path: ConfigPath, right: AccessRight): boolean => {
    const wish = wishFor(facts, path, right);
    return wish === undefined || gate.allows(wish);
  };
  return {
    lists: (path) => may(path, 'list'),
    shows: (path) => may(path, 'read-masked'),
    finds: (path) => {
      const wish = wishFor(facts, path, 'list');
      return wish === undefined || isAdmitted(gate, wish);
    },
    admit: (path) => {
      const wish = wishFor(facts, path, 'read-masked');
      if (wish !== undefined) gate.admit(wish);
    },
  };
}

function isAdmitted(gate: SecretGate, wish: SecretWish): boolean {
  try {
    gate.admit(wish);
    return true;
  } catch (error) {
    if (ConfigError.is(error) && error.code === 'access-denied') return false;
    throw error;
  }
}

/** Settings that are masked for their name, or for what they were built from, count as secrets that name no readers. */
function wishFor(facts: Seen, path: ConfigPath, right: AccessRight): SecretWish | undefined {
  const declared = secretAt(facts.plan.schema, path);
  if (declared === undefined && !isHidden(facts, path)) return undefined;
  // What is inside a secret has no rights of its own.
  return { level: 'mask', form: 'text', ...declared?.rule, right, path: formatPath(declared?.path ?? path) };
}

/** What takes the place of an item that is out of sight. */
const NOTHING: SectionNode = Object.freeze({ kind: 'section', keys: new Map(), spellings: new Map(), open: false });

/**
 * The schema without what somebody may not know of: where it is asked about that, it answers as about what nobody has
 * declared. Of lists and maps the items are looked at that the asked path leads to, which are all that can be answered for.
 */
export function schemaInSight(
  schema: SectionNode,
  asked: ConfigPath,
  lists: (path: ConfigPath) => boolean,
): SectionNode {
  return sectionInSight(schema, [], asked, lists) ?? NOTHING;
}

function nodeInSight(
  node: SchemaNode,
  path: ConfigPath,
  asked: ConfigPath,
  lists: (path: ConfigPath) => boolean,
): SchemaNode | undefined {
  if (node.kind === 'section') return sectionInSight(node, path, asked, lists);
  if (!lists(path)) return undefined;
  const key = asked[path.length];
  if (node.kind === 'leaf' || key === undefined) return node;
  return { ...node, item: nodeInSight(node.item, [...path, key], asked, lists) ?? NOTHING };
}

/** Nothing where all that it has is out of sight. */
function sectionInSight(
  section: SectionNode,
  path: ConfigPath,
  asked: ConfigPath,
  lists: (path: ConfigPath) => boolean,
): SectionNode | undefined {
  const keys = new Map<string, SchemaKey>();
  for (const [key, known] of section.keys) {
    const node = nodeInSight(known.node, [...path, key], asked, lists);
    if (node !== undefined) keys.set(key, { ...known, node });
  }
  if (keys.size === 0 && section.keys.size > 0) return undefined;
  const spellings = new Map([...section.spellings].filter(([, key]) => keys.has(key)));
  return { ...section, keys, spellings };
}
