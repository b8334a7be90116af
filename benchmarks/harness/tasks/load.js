// What happens inside a process that measures loading. One process holds one subject.
import { readFileSync, writeFileSync } from 'node:fs';
import { setVariables, spellAsIs } from '../content/variables.js';
import { startCpuClock } from '../cpu-clock.js';
import { declareSubject, subjectOf } from '../subjects/index.js';
import { checkSubject, checkSet } from './check-subject.js';

let load;
/** By the path of each file: what it holds, with one line end less and with one more. */
const files = new Map();
let turn = 0;
/** Keeps the last set reachable, so that no load can be optimised away. */
let last;

/** Proves that the subject reads the right values and refuses a wrong one; not in a process that measures. */
export async function prove(name, contents) {
  await checkSubject(subjectOf(name), contents);
}

/** Declares the subject for the content and checks its first set. */
export async function prepare(name, content) {
  const subject = subjectOf(name);
  load = await declareSubject(subject, content);
  for (const file of [content.path, content.overlay ?? []].flat()) {
    const text = readFileSync(file);
    files.set(file, [text, Buffer.concat([text, Buffer.from('\n')])]);
  }
  last = await load();
  checkSet(subject, last, content);
}

/** Saves the files with one line end more or less, so that what remembers what it has read reads them anew. */
function saveAgain() {
  turn = 1 - turn;
  for (const [file, texts] of files) writeFileSync(file, texts[turn]);
}

/** Loads until it has taken so much CPU time, and at least so many times, without measuring. */
export async function warmUp(milliseconds, atLeast) {
  const spent = startCpuClock();
  for (let count = 0; count < atLeast || spent() < milliseconds; count += 1) {
    saveAgain();
    last = await load();
  }
}

/** CPU milliseconds of a load: the mean of as many as take so much CPU time, at least one. */
export async function sample(milliseconds) {
  let [count, total] = [0, 0];
  do {
    saveAgain();
    const spent = startCpuClock();
    last = await load();
    total += spent();
    count += 1;
  } while (total < milliseconds);
  return total / count;
}

/**
 * CPU milliseconds of the first load in this process, and of the declaration of classes or schema before it; imports are
 * done when the clock starts.
 */
export async function firstLoad(name, content) {
  const subject = subjectOf(name);
  setVariables(content, subject.spellVariable ?? spellAsIs);
  const modules = await subject.prepare(content);
  const declaring = startCpuClock();
  load = subject.declare(content, modules);
  const declared = declaring();
  const loading = startCpuClock();
  last = await load();
  const loaded = loading();
  checkSet(subject, last, content);
  return { declared, loaded };
}
