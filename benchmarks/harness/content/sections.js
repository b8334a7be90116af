/** Fields of every section: 20 whole numbers, 20 texts, 10 switches. */
export const FIELDS_PER_SECTION = 50;

const KINDS = ['integer', 'text', 'integer', 'text', 'switch'];
const NAMES = { integer: 'limit', text: 'label', switch: 'enabled' };

/**
 * The sections of a configuration with so many leaves: `[{ name, fields: [{ name, kind, min?, max? }] }]`. Each has field
 * names of its own, as in a service; only the first field, `limit00`, has its namesake in every section. Were all names
 * alike, the engine would keep one hidden class for all sections of whoever hands out plain objects.
 */
export function describeSections(leaves) {
  if (leaves % FIELDS_PER_SECTION !== 0)
    throw new RangeError(`leaves: a multiple of ${FIELDS_PER_SECTION}, not ${leaves}`);
  return Array.from({ length: leaves / FIELDS_PER_SECTION }, (_, section) => ({
    name: `section${padded(section, 3)}`,
    fields: Array.from({ length: FIELDS_PER_SECTION }, (_, field) => {
      const kind = KINDS[field % KINDS.length];
      const name = `${NAMES[kind]}${padded(field, 2)}${field === 0 ? '' : `Of${padded(section, 3)}`}`;
      return kind === 'integer' ? { name, kind, min: 0, max: 1_000_000 } : { name, kind };
    }),
  }));
}

/** The one value that everybody must find at this place. */
export function valueAt(section, field) {
  const seed = (section * 7919 + field * 104729) % 999_983;
  switch (KINDS[field % KINDS.length]) {
    case 'integer':
      return seed;
    case 'text':
      return `host-${seed}.region-${section % 7}.example.org`;
    default:
      return seed % 2 === 0;
  }
}

/** The whole configuration as a plain tree. */
export function buildTree(leaves) {
  return Object.fromEntries(
    describeSections(leaves).map(({ name, fields }, section) => [
      name,
      Object.fromEntries(fields.map((field, index) => [field.name, valueAt(section, index)])),
    ]),
  );
}

function padded(number, digits) {
  return String(number).padStart(digits, '0');
}
