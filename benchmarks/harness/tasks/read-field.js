// What happens inside a process that measures reading a field. One process measures one subject.
import { describeSections } from '../content/sections.js';
import { declareSubject, subjectOf } from '../subjects/index.js';
import { timeLoops } from '../tight-loop.js';
import { checkSet } from './check-subject.js';

/** Several sets, read one after the other: with one, the compiler would read its fields once, before the loop. */
const HOLDERS = 64;

/** Nanoseconds for one field, read as the subject's users read it. */
export async function timeFieldReads(name, content) {
  const subject = subjectOf(name);
  const load = await declareSubject(subject, content);
  const holders = [];
  for (let count = 0; count < HOLDERS; count += 1) {
    const set = await load();
    checkSet(subject, set, content);
    holders.push(subject.reading.holder(set, 0, content));
  }
  const [{ name: section, fields }] = describeSections(content);
  const read = fields
    .filter(({ kind }) => kind === 'integer')
    .map((field) => subject.reading.field([section, field.name], [field.name]));
  const { nanoseconds } = await timeLoops({ nanoseconds: compileLoop(read, holders) });
  return nanoseconds / read.length;
}

/** A loop whose every turn adds up the fields of one holder; compiled from text, so that its feedback is its own. */
function compileLoop(read, holders) {
  const body = `
    let sum = 0;
    for (let turn = 0; turn < turns; turn += 1) {
      const o = holders[turn & ${HOLDERS - 1}];
      sum = (sum + ${read.join(' + ')}) | 0;
    }
    return sum;`;
  const loop = new Function('holders', 'turns', body);
  return (turns) => loop(holders, turns);
}
