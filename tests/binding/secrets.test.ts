import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import {
  ArrayMinSize,
  IsInt,
  IsObject,
  IsString,
  Matches,
  MinLength,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { Transform, Type } from 'class-transformer';
import { ConfigError, ListOf, loadSettings, MapOf, object, Secure, SecureValue } from '../../src/index.js';
import { accessPolicy } from '../../src/access.js';
import { ConfigSection } from '../../src/index.js';

const CANARY = 'canary-4d1f-hunter2';

async function load<T extends object>(target: new () => T, values: object): Promise<T> {
  // Access is told elsewhere; here everybody may.
  const access = accessPolicy([{ effect: 'allow', paths: ['**'], rights: ['use'] }]);
  return loadSettings(target, { sources: [object({ vault: values })], env: {}, secrets: { access } });
}

async function failure(loading: Promise<unknown>): Promise<ConfigError> {
  const error: unknown = await loading.catch((reason: unknown) => reason);
  if (error instanceof ConfigError) return error;
  throw new Error('nothing was refused');
}

function opened<T>(secret: SecureValue<T> | undefined): T | undefined {
  return secret?.use((value) => value);
}

describe('a field with @Secure', () => {
  it('is a secret text when nothing else is said', async () => {
    @ConfigSection('vault')
    class Vault {
      @Secure() password!: SecureValue<string>;
    }
    const { password } = await load(Vault, { password: CANARY });
    expect(password).toBeInstanceOf(SecureValue);
    expect(opened(password)).toBe(CANARY);
  });

  it('opens to the type that its decorators or the option say', async () => {
    @ConfigSection('vault')
    class Vault {
      @Secure() @IsInt() pin!: SecureValue<number>;
      @Secure({ as: 'json' }) account!: SecureValue<{ user: string }>;
      @Secure({ as: 'bytes' }) key!: SecureValue<Buffer>;
      @Secure({ as: 'bytes' }) raw!: SecureValue<Buffer>;
      @Secure() @IsObject() map!: SecureValue<object>;
    }
    const vault = await load(Vault, {
      pin: '1_234',
      account: '{"user":"app"}',
      key: 'base64:AAEC',
      raw: 'abc',
      map: { a: 1 },
    });
    expect([opened(vault.pin), opened(vault.account), opened(vault.map)]).toEqual([1234, { user: 'app' }, { a: 1 }]);
    expect([vault.key.use((key) => [...key]), vault.raw.use(String)]).toEqual([[0, 1, 2], 'abc']);
  });

  it('may be a list or a map, each item a secret of its own', async () => {
    @ConfigSection('vault')
    class Vault {
      @Secure() @ListOf(() => String) tokens!: readonly SecureValue<string>[];
      @Secure() @MapOf(() => String) byName!: Readonly<Record<string, SecureValue<string>>>;
      @Secure() @IsString({ each: true }) @ArrayMinSize(1) others!: readonly SecureValue<string>[];
    }
    const vault = await load(Vault, { tokens: 'a,b', byName: { x: 'c' }, others: ['d'] });
    expect(vault.tokens.map(opened)).toEqual(['a', 'b']);
    expect([opened(vault.byName['x']), vault.others.map(opened)]).toEqual(['c', ['d']]);
    expect(Object.isFrozen(vault.tokens)).toBe(true);
  });

  it('asks validators about the opened value, and words a refusal without it', async () => {
    @ConfigSection('vault')
    class Vault {
      @Secure() @MinLength(30) @Matches(/^sk_/) key!: SecureValue<string>;
      @Secure() @IsInt() pin!: SecureValue<number>;
      @IsString() @MinLength(5) name: string = 'ab';
    }
    const error = await failure(load(Vault, { key: CANARY, pin: CANARY }));
    expect(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
      'vault.pin: must be an integer, got [secure]',
      'vault.name: must be longer than or equal to 5 characters, got "ab"',
      'vault.key: does not pass matches (value [secure]); must be longer than or equal to 30 characters',
    ]);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(CANARY);
  });

  it('lets no validator of another field quote it', async () => {
    const gossip = ValidateBy({
      name: 'gossip',
      // A message made by somebody who looks at the whole object.
      validator: { validate: () => false, defaultMessage: (args) => JSON.stringify(args?.object) },
    });
    @ConfigSection('vault')
    class Vault {
      @Secure() @MinLength(99) key!: SecureValue<string>;
      @gossip name: string = 'ab';
    }
    const error = await failure(load(Vault, { key: CANARY }));
    expect(error.issues).toHaveLength(2);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(CANARY);
  });

  it('asks asynchronous validators too, and opens bytes as text for validators of texts', async () => {
    const seen: unknown[] = [];
    const later = ValidateBy({
      name: 'later',
      validator: {
        validate: async (value) => {
          await Promise.resolve();
          return seen.push(value) > 0;
        },
      },
    });
    @ConfigSection('vault')
    class Vault {
      @Secure({ level: 'sealed' }) @MinLength(3) @later key!: SecureValue<Buffer>;
    }
    await load(Vault, { key: 'abc' });
    expect(seen).toEqual(['abc']);
  });

  it('runs @Transform on the opened value and hides the result', async () => {
    @ConfigSection('vault')
    class Vault {
      @Secure() @Transform(({ value }: { value: string }) => value.trim()) key!: SecureValue<string>;
    }
    expect(opened((await load(Vault, { key: ` ${CANARY} ` })).key)).toBe(CANARY);
  });

  it('takes a ready SecureValue, from a source and from an initialiser', async () => {
    @ConfigSection('vault')
    class Vault {
      @Secure() given!: SecureValue<string>;
      @Secure() @MinLength(3) initial: SecureValue<string> = SecureValue.of(CANARY);
    }
    const vault = await load(Vault, { given: SecureValue.of('x') });
    expect([opened(vault.given), opened(vault.initial)]).toEqual(['x', CANARY]);
  });

  it('is asked for when it is missing, unless it is optional', async () => {
    @ConfigSection('vault')
    class Vault {
      @Secure() key!: SecureValue<string>;
      @Secure({ optional: true }) other?: SecureValue<string>;
    }
    const error = await failure(load(Vault, {}));
    expect(error.issues.map(({ code, path }) => [code, path.join('.')])).toEqual([['missing', 'vault.key']]);
  });

  it('holds a plain value of a sealed field as ciphertext, and hands out bytes', async () => {
    @ConfigSection('vault')
    class Vault {
      @Secure({ level: 'sealed' }) key!: SecureValue<Buffer>;
    }
    expect((await load(Vault, { key: CANARY })).key.use(String)).toBe(CANARY);
  });
});

describe('a text where settings with secrets are declared', () => {
  class Key {
    @Secure() material!: SecureValue<string>;
  }
  class Ring {
    @IsString() name: string = 'ring';
    @ListOf(() => Key) keys: readonly Key[] = [];
    @ListOf(() => Ring) older: readonly Ring[] = [];
  }
  @ConfigSection('vault')
  class Vault {
    @ValidateNested() @Type(() => Ring) ring: Ring = new Ring();
    @ListOf(() => Ring) rings: readonly Ring[] = [];
    @MapOf(() => Key) byName: Readonly<Record<string, Key>> = {};
  }

  it.each([
    ['as a nested class', 'ring', { ring: `{"keys": [{"material": "${CANARY}"` }],
    ['as a list', 'rings', { rings: `[{"keys": [{"material": "${CANARY}"` }],
    ['as an item', 'rings.0', { rings: [CANARY] }],
    ['as a map', 'byName', { byName: `{"a": {"material": "${CANARY}"` }],
  ])('is not quoted when it cannot be read %s', async (_, path, values) => {
    const error = await failure(load(Vault, values));
    expect(error.issues.map((issue) => issue.path.join('.'))).toEqual([`vault.${path}`]);
    expect(error.message).toContain('got [secure]');
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(CANARY);
  });
});

describe('a SecureValue where no secret is declared', () => {
  it('is refused in a plain field, with the way out', async () => {
    @ConfigSection('vault')
    class Vault {
      @IsString() key!: string;
      @ListOf(() => String) list: readonly string[] = [];
    }
    const error = await failure(load(Vault, { key: SecureValue.of('x'), list: [SecureValue.of('y')] }));
    expect(error.issues.map(({ code, path }) => [code, path.join('.')])).toEqual([
      ['secret-in-plain-field', 'vault.key'],
      ['secret-in-plain-field', 'vault.list.0'],
    ]);
  });

  it('is refused as the type of a field without @Secure', async () => {
    @ConfigSection('vault')
    class Vault {
      key: SecureValue<string> = SecureValue.of('x');
    }
    await expect(load(Vault, {})).rejects.toThrow('Put @Secure() on it.');
  });

  it('is refused for a type that no secret can have', async () => {
    @ConfigSection('vault')
    class Vault {
      @Secure() @ListOf(() => URL) key!: SecureValue<unknown>;
    }
    await expect(load(Vault, {})).rejects.toThrow(ConfigError);
  });
});
