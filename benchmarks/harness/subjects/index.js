// Who is measured. A subject is one way to get settings from a file:
//
//   name        as it appears in the results
//   kind        own | floor | peer
//   validates   whether it refuses a value that breaks a rule
//   packages    what must be installed beside the benchmarks for it
//   imports     of a peer: what its user's modules import
//   spellVariable(path)  the name of the environment variable for a path; the keys as they are when absent
//   prepare(content)  imports its packages; gives what declare needs of them
//   declare(content, modules)  declares classes or schema, as the user's modules do before the first load; gives load(),
//               which reads the files and makes a complete new set each time
//   reading     how a user reads one field: holder(set, section, content) is computed once, field(path, within) is the
//               text of the expression on the holder `o`; `path` starts at the root of the content, `within` below the section
import { setVariables, spellAsIs } from '../content/variables.js';
import { unoConfig } from './uno-config.js';
import { plain } from './plain.js';
import { classValidator } from './class-validator.js';
import { config } from './config.js';
import { convict } from './convict.js';
import { nconf } from './nconf.js';
import { nestjsConfig } from './nestjs-config.js';
import { nestTypedConfig } from './nest-typed-config.js';
import { zodConfig } from './zod-config.js';

export const OWN = unoConfig.name;
export const SUBJECTS = [
  unoConfig,
  plain,
  classValidator,
  config,
  convict,
  nconf,
  nestjsConfig,
  nestTypedConfig,
  zodConfig,
];

/** The peers that validate: those to be ahead of. */
export const VALIDATING_PEERS = SUBJECTS.filter(({ kind, validates }) => kind === 'peer' && validates).map(
  ({ name }) => name,
);

/** Packages that do something else than load settings, and are compared in that. */
const OTHER_PACKAGES = ['jose'];

/** All packages the peers need. */
export const PEER_PACKAGES = [...new Set([...SUBJECTS.flatMap(({ packages }) => packages), ...OTHER_PACKAGES])];

/** Puts the content's variables into this process, imports the subject's packages, and declares its classes or schema. */
export async function declareSubject(subject, content) {
  setVariables(content, subject.spellVariable ?? spellAsIs);
  return subject.declare(content, await subject.prepare(content));
}

/** The subject of that name. */
export function subjectOf(name) {
  const subject = SUBJECTS.find((candidate) => candidate.name === name);
  if (subject === undefined) throw new RangeError(`no subject is called ${name}`);
  return subject;
}
