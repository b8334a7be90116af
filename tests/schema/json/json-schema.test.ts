import { describe, expect, it } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { IsEmail, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { section } from '../../../src/runtime/index.js';
import { type JsonSchema, jsonSchema, type JsonSchemaOptions } from '../../../src/schema/index.js';
import {
  Alias,
  ConfigSection,
  Deprecated,
  Describe,
  Duration,
  IsDuration,
  ListOf,
  RequiredIn,
  RestartRequired,
  Secure,
  type SecureValue,
} from '../../../src/sections/index.js';

class Pool {
  @IsInt() max = 5;
}

@ConfigSection('database', { description: 'The orders database.' })
class DatabaseSettings {
  @Describe('Host name of the primary.', { example: 'db.internal' }) @Alias('hostname') @IsString() host!: string;
  @RestartRequired() @IsInt() @Min(1) @Max(65535) port: number = 5432;
  @Secure({ level: 'encrypt' }) password!: SecureValue<string>;
  @IsString() replicaPassword: string = 'hunter2';
  @IsString() url: string = 'postgres://app:hunter2@db/shop';
  @IsDuration({ min: '1s', max: '1m' }) timeout: Duration = Duration.of('10s');
  @Deprecated({ since: '2.0', use: 'database.pool.max' }) @IsOptional() @IsInt() poolSize?: number;
  @RequiredIn('production') @IsEmail() owner: string = 'nobody@example.com';
  @Matches(/^[a-z]+$/i) name: string = 'orders';
  @ListOf(() => Pool) pools: Pool[] = [];
}

const definition = { sections: [DatabaseSettings], sources: [] };

function at(schema: JsonSchema, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => Reflect.get(Object(value) as object, key) as unknown, schema);
}

function field(name: string): unknown {
  return at(jsonSchema(definition), '$defs', 'DatabaseSettings', 'properties', name);
}

const ajv = new Ajv2020({ strict: true, code: { optimize: false } });
const compiled = new Map<string, ValidateFunction>();

/** What a schema says to a document: the places that it refuses. */
function refused(document: unknown, options: JsonSchemaOptions = {}, given: object = {}): readonly string[] {
  const schema = jsonSchema({ ...definition, ...given }, options);
  const text = JSON.stringify(schema);
  const validate = compiled.get(text) ?? ajv.compile(schema);
  compiled.set(text, validate);
  validate(document);
  return [...new Set((validate.errors ?? []).map(({ instancePath }) => instancePath))];
}

describe('the JSON Schema', () => {
  it('is valid against the meta-schema, and to the strictest of validators', () => {
    for (const complete of [true, false]) {
      expect(ajv.validateSchema(jsonSchema(definition, { complete }), true)).toBe(true);
    }
  });

  it('says what a field is, its default, examples and bounds', () => {
    expect(field('port')).toEqual({
      description: 'Changes take effect after a restart.',
      default: 5432,
      $comment: 'restart',
      anyOf: [{ type: 'integer', minimum: 1, maximum: 65535 }, { $ref: '#/$defs/text.integer' }],
    });
    expect(field('host')).toMatchObject({
      description: 'Host name of the primary.',
      examples: ['db.internal'],
      $comment: 'required',
    });
    expect(field('timeout')).toMatchObject({
      description: 'At least 1s, at most 1m.',
      default: '10s',
      $comment: 'at least 1s; at most 1m',
    });
  });

  it('marks secrets, and shows neither a default nor a password in one', () => {
    expect(field('password')).toMatchObject({ writeOnly: true, $comment: 'required; secret encrypt' });
    expect(JSON.stringify(jsonSchema(definition))).not.toContain('hunter2');
  });

  it('says what is deprecated, required somewhere, or checked beyond what a schema can say', () => {
    expect(field('poolSize')).toMatchObject({
      deprecated: true,
      description: 'Deprecated since 2.0; use database.pool.max.',
    });
    expect(field('owner')).toMatchObject({
      description: 'Required in production. Checked by isEmail.',
      $comment: 'required in production',
    });
    expect(field('name')).toMatchObject({ description: 'Checked by matches.' });
  });

  it('takes every spelling of a key, and refuses the others', () => {
    expect(refused({ database: { hostname: 'a', POOL_SIZE: 1, 'time-out': '10s', Url: 'x' } })).toEqual([]);
    expect(refused({ database: { hosst: 'a' } })).toEqual(['/database']);
    expect(refused({ DataBase: { POOL_SIZE: 'many' } })).toContain('/DataBase/POOL_SIZE');
    expect(refused({ datbase: {} })).toEqual(['']);
  });

  it('asks for required settings in a complete document only, in any spelling', () => {
    expect(refused({ database: {} })).toEqual([]);
    expect(refused({}, { complete: true })).toContain('');
    expect(refused({ database: {} }, { complete: true })).toContain('/database');
    expect(refused({ database: { Hostname: 'a', PASS_WORD: 'b' } }, { complete: true })).toEqual([]);
  });

  it('lets modules and their components override what is at the root, and nothing else', () => {
    const billing = { database: { port: 1 }, components: { invoices: { database: { port: 2 } } } };
    expect(refused({ modules: { billing } })).toEqual([]);
    expect(refused({ modules: { billing: { database: { port: 0 } } } })).toContain('/modules/billing/database/port');
    expect(refused({ modules: { billing: { datbase: {} } } })).toContain('/modules/billing');
  });

  it('takes what tools and files write beside the settings', () => {
    expect(refused({ $schema: './config.schema.json', $import: ['a.yaml'], $cohorts: { canary: '5%' } })).toEqual([]);
    expect(refused({ database: { $extends: 'other' } })).toEqual([]);
    expect(refused({ $extends: 'other' })).toEqual(['']);
  });

  it('takes the version of a section, up to the one of today', () => {
    @ConfigSection('mail', { version: 2 })
    class MailSettings {
      @IsString() host = 'localhost';
    }
    const sections = [DatabaseSettings, MailSettings];
    expect(refused({ mail: { $version: 2 } }, {}, { sections })).toEqual([]);
    expect(refused({ mail: { $version: 3 } }, {}, { sections })).toContain('/mail/$version');
    expect(refused({ database: { $version: 1 } }, {}, { sections })).toContain('/database');
  });

  it.each([
    [{ foreignKeys: ['logging', 'database.vendor*'] }, { logging: 1, database: { 'Vendor-x': 1 } }, []],
    [{ foreignKeys: ['logging'] }, { loging: 1 }, ['']],
    // What a schema cannot say, it must not refuse.
    [{ foreignKeys: ['*.annotations'] }, { database: { annotations: 1 } }, []],
    [{ unknownKeys: 'warn' as const }, { datbase: 1, database: { hosst: 1 } }, []],
    [{ partial: true }, { other: 1 }, []],
    [{ partial: true }, { database: { hosst: 1 } }, ['/database']],
  ])('with %j refuses in %j: %j', (given, document, places) => {
    expect(refused(document, {}, given)).toEqual(expect.arrayContaining(places));
    expect(refused(document, {}, given).length > 0).toBe(places.length > 0);
  });

  it('joins sections that sit inside one another', () => {
    @ConfigSection('database.pool')
    class InnerSettings {
      @IsInt() size = 1;
    }
    const sections = [DatabaseSettings, InnerSettings, section(InnerSettings, { path: 'other', name: 'other' })];
    expect(refused({ database: { port: 1, pool: { size: 2 } }, other: { size: 3 } }, {}, { sections })).toEqual([]);
    expect(refused({ database: { pool: { sise: 2 } } }, {}, { sections })).toContain('/database/pool');
  });

  it('has an address where one is given', () => {
    expect(jsonSchema(definition, { id: 'https://example.com/config.json' })).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://example.com/config.json',
    });
  });
});
