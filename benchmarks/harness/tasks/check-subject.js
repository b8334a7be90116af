import { describeSections, leavesOf } from '../content/sections.js';
import { declareSubject } from '../subjects/index.js';

/** Throws unless the subject loads the sound content, and refuses the broken one exactly when it claims to validate. */
export async function checkSubject(subject, { sound, broken }) {
  const load = await declareSubject(subject, sound);
  checkSet(subject, await load(), sound);
  const loadBroken = await declareSubject(subject, broken);
  const refused = await loadBroken().then(
    () => false,
    () => true,
  );
  if (refused !== subject.validates) {
    throw new Error(`${subject.name} ${refused ? 'refused' : 'accepted'} a value that breaks a rule`);
  }
}

/** Throws unless the set holds the values of the content: every leaf of the first and of the last section. */
export function checkSet({ name, reading }, set, content) {
  const sections = describeSections(content);
  const above = content.root === undefined ? 0 : 1;
  const leaves = leavesOf(content);
  for (const index of new Set([0, sections.length - 1])) {
    const holder = reading.holder(set, index, content);
    for (const { path, field } of leaves.filter(({ path }) => path[above] === sections[index].name)) {
      const found = new Function('o', `return ${reading.field(path, path.slice(above + 1))};`)(holder);
      if (found !== field.value) throw new Error(`${name} read ${String(found)} at ${path.join('.')}`);
    }
  }
}
