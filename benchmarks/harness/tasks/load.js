// What happens inside a process that measures loading. One process holds one subject.
import { performance } from 'node:perf_hooks';
import { subjectOf } from '../subjects/index.js';
import { checkSubject, checkSet } from './check-subject.js';

let load;
/** Keeps the last set reachable, so that no load can be optimised away. */
let last;

/** Proves that the subject reads the right values and refuses a wrong one; not in a process that measures. */
export async function prove(name, contents) {
  await checkSubject(subjectOf(name), contents);
}

/** Declares the subject for the content and checks its first set. */
export async function prepare(name, content) {
  const subject = subjectOf(name);
  load = await subject.declare(content);
  last = await load();
  checkSet(subject, last, content.leaves);
}

/** Loads until the time is up, and at least so many times, without measuring. */
export async function warmUp(milliseconds, atLeast) {
  const end = performance.now() + milliseconds;
  for (let count = 0; count < atLeast || performance.now() < end; count += 1) last = await load();
}

/** The durations, in ms, of as many loads as fit into the time; at least one. */
export async function sample(milliseconds) {
  const durations = [];
  const end = performance.now() + milliseconds;
  do {
    const start = performance.now();
    last = await load();
    durations.push(performance.now() - start);
  } while (performance.now() < end);
  return durations;
}

/** The duration, in ms, of the first load in this process; imports and declarations are done before it starts. */
export async function firstLoad(name, content) {
  const subject = subjectOf(name);
  load = await subject.declare(content);
  const start = performance.now();
  last = await load();
  const duration = performance.now() - start;
  checkSet(subject, last, content.leaves);
  return duration;
}
