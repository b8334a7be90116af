import { describeSections, valueAt } from '../content/sections.js';

/** Throws unless the subject loads the sound content, and refuses the broken one exactly when it claims to validate. */
export async function checkSubject(subject, { sound, broken }) {
  const load = await subject.declare(sound);
  checkSet(subject, await load(), sound.leaves);
  const loadBroken = await subject.declare(broken);
  const refused = await loadBroken().then(
    () => false,
    () => true,
  );
  if (refused !== subject.validates) {
    throw new Error(`${subject.name} ${refused ? 'refused' : 'accepted'} a value that breaks a rule`);
  }
}

/** Throws unless the set holds the values of the content: every leaf of the first and of the last section. */
export function checkSet({ name, reading }, set, leaves) {
  const sections = describeSections(leaves);
  for (const index of new Set([0, sections.length - 1])) {
    const { name: section, fields } = sections[index];
    const holder = reading.holder(set, index);
    for (const [field, { name: key }] of fields.entries()) {
      const found = new Function('o', `return ${reading.field(section, key)};`)(holder);
      if (found !== valueAt(index, field)) throw new Error(`${name} read ${String(found)} at ${section}.${key}`);
    }
  }
}
