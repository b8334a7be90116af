import { ENVIRONMENT_VARIABLES, parseEnvFile } from '../../sources/index.js';
import { UsageError } from '../usage-error.js';
import { join } from 'node:path';
import {
  type FieldFacts,
  type ImportedProject,
  type ImportNote,
  KNOWN_ENVIRONMENTS,
  looksSecretValue,
  SECRET_NOTES,
} from './imported-project.js';
import { namesIn, textOf } from './read-files.js';
import { camel } from './starter-classes.js';

/** A project of `.env` files: they stay where they are, and a class says what they hold. */
export async function fromEnvFiles(folder: string): Promise<ImportedProject> {
  const names = (await namesIn(folder)).filter(
    (name) => /^\.env(?:\.|$)/.test(name) && !/\.(?:example|sample|template|dist)$/.test(name),
  );
  if (names.length === 0)
    throw new UsageError(`There is no .env file in ${folder}.`, 'Name their folder: uno-config import env <folder>.');
  const notes: ImportNote[] = [];
  const facts = new Map<string, FieldFacts>();
  const fields = new Map<string, unknown>();
  const always = new Set<string>();
  for (const name of names) {
    const layer = name.slice('.env.'.length);
    if (layer !== '' && layer !== 'local' && !KNOWN_ENVIRONMENTS.includes(layer)) {
      notes.push({
        place: name,
        message: `is read in the environment ${layer} once that is declared: environments: { ${JSON.stringify(layer)}: 'production' }`,
      });
    }
    const { variables } = await parseEnvFile({ fileName: name, path: name, text: await textOf(join(folder, name)) });
    for (const { name: variable, text, origin } of variables) {
      const place = `${name}:${String(origin.line ?? 1)}`;
      if (ENVIRONMENT_VARIABLES.includes(variable)) {
        notes.push({
          place,
          message: `${variable} names the environment, which is taken from the real variables alone`,
        });
        continue;
      }
      const field = camel(variable);
      if (!/^[A-Za-z]\w*$/.test(field)) {
        notes.push({ place, message: `${variable} cannot be the name of a field` });
        continue;
      }
      if (name === '.env' && text !== '') always.add(field);
      if (/\$\{|\$[A-Z_]/.test(text))
        notes.push({
          place,
          message: `${variable} refers to a variable: \${NAME} is \${env:NAME} here, and $NAME is text`,
        });
      if (looksSecretValue(variable, text)) notes.push({ place, message: `${variable} ${SECRET_NOTES.looks}` });
      const value = valueOf(text);
      const known = fields.get(field);
      fields.set(field, known === undefined || typeof known === typeof value ? value : text);
      facts.set(`app.${field}`, { path: ['app', field], envNames: [variable], isOptional: true });
    }
  }
  for (const [path, fact] of facts) facts.set(path, { ...fact, isOptional: !always.has(fact.path[1] ?? '') });
  return { layers: new Map([['', { app: Object.fromEntries(fields) }]]), facts, isEnvFiles: true, notes };
}

function valueOf(text: string): unknown {
  if (/^-?(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  return text === 'true' || (text === 'false' ? false : text);
}
