import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ConfigError, type ConfigIssue, isConfigMap } from '../../../src/core/index.js';
import { loadGeneration } from '../../../src/runtime/index.js';
import { jsonSchema } from '../../../src/schema/index.js';
import type { SectionClass } from '../../../src/sections/index.js';
import { object } from '../../../src/sources/index.js';
import fc from '../../fast-check.js';
import { classOf, documentFor, type GeneratedField, generatedFields } from './generated-classes.js';

async function refusals(target: SectionClass, document: unknown): Promise<readonly ConfigIssue[]> {
  try {
    const sources = [object({ app: document })];
    await loadGeneration({ sections: [target], sources, environment: 'test', env: {}, fileRoots: [] });
    return [];
  } catch (error) {
    if (!ConfigError.is(error) || error.issues.length === 0) throw error;
    return error.issues;
  }
}

/** What the guide lists as beyond a schema. */
function isBeyond({ code, path }: ConfigIssue, fields: readonly GeneratedField[], document: object): boolean {
  if (['unsafe-integer', 'duplicate-key', 'no-keyring'].includes(code)) return true;
  const kind = fields.find(({ name }) => name === path[1])?.kind ?? '';
  const written = Object.entries(document).filter(([key]) => fold(key).endsWith(fold(path[1] ?? '')));
  return written.some(([, value]) => {
    const text = JSON.stringify(value);
    // What is replaced before anything is checked.
    if (/\$\{|!unset|\$unset|\$extends/.test(text)) return true;
    // Lists, maps and sections written as strings.
    if (STRUCTURES.has(kind)) return typeof value === 'string' || holdsStructureText(value);
    if (typeof value !== 'string') return false;
    return BEYOND.get(kind)?.includes(code) === true;
  });
}

const BEYOND: ReadonlyMap<string, readonly string[]> = new Map([
  ['url', ['not-a-url']],
  ['regexp', ['not-a-regexp', 'stateful-regexp']],
  ['bounded', ['out-of-range']],
  // Bounds of numbers that are written as strings.
  ['ranged', ['constraint']],
  ['port', ['constraint']],
  ['choice', ['constraint']],
]);

const STRUCTURES = new Set(
  'texts integers unique lists durations map pools pool needy needies tree payment'.split(' '),
);

/** Items that are strings where lists or groups belong. */
function holdsStructureText(value: unknown): boolean {
  if (typeof value === 'string') return true;
  if (Array.isArray(value)) return value.some(holdsStructureText);
  return (
    isConfigMap(value) &&
    Object.values(value).some((item) => (typeof item !== 'object' ? false : holdsStructureText(item)))
  );
}

function fold(key: string): string {
  return key.replace(/[-_]/g, '').toLowerCase();
}

const ajv = new Ajv2020({ strict: true, code: { optimize: false } });

describe('the JSON Schema and the loader', () => {
  it('agree on every document, but for what the guide lists as beyond a schema', async () => {
    await fc.assert(
      fc.asyncProperty(
        generatedFields.chain((fields) =>
          fc.tuple(fc.constant(fields), fc.array(documentFor(fields), { minLength: 8, maxLength: 8 })),
        ),
        async ([fields, documents]) => {
          const target = classOf(fields);
          const validate = ajv.compile(jsonSchema({ sections: [target], sources: [] }, { complete: true }));
          for (const document of documents) {
            const accepted = validate({ app: document });
            const issues = await refusals(target, document);
            const surprising = issues.filter((issue) => !isBeyond(issue, fields, document)).map(({ code }) => code);
            // An editor must never cry wolf, nor be silent about what it could know.
            const verdicts = accepted ? surprising : issues.length > 0 ? [] : ['refused by the schema alone'];
            expect({ document, errors: validate.errors, verdicts }).toEqual({
              document,
              errors: validate.errors,
              verdicts: [],
            });
          }
        },
      ),
    );
  });
});
