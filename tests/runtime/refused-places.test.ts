import { describe, expect, it } from '@jest/globals';
import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsPort, IsString, Min, MinLength, ValidateNested } from 'class-validator';
import type { SectionClass, SecureValue } from '../../src/sections/index.js';
import { ConfigSection, ListOf, Secure } from '../../src/sections/index.js';
import { loadSettings } from '../../src/runtime/index.js';
import { object, processEnv } from '../../src/sources/index.js';
import { caught } from '../sources/caught.js';

async function refusal(target: SectionClass, tree: object, env: Record<string, string> = {}): Promise<string[]> {
  const sources = [object(tree), processEnv({ prefix: 'APP_', env })];
  const { message } = await caught(async () => loadSettings(target, { sources, environment: 'test', env: {} }));
  return message
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

class Item {
  @IsInt() @Min(1) size = 0;
}

@ConfigSection('d')
class Defaults {
  @IsString() @IsIn(['a', 'b']) mode = 'c';
  @IsString() @MinLength(5) text = 'abc';
  @ListOf(() => Item) items: Item[] = [new Item()];
}

@ConfigSection('e')
class Ports {
  @IsString({ each: true }) @IsPort({ each: true }) ports: string[] = [];
  @IsInt({ each: true }) @Min(3, { each: true }) sizes: number[] = [];
}

describe('a default that is refused', () => {
  it('is told with its value, its class and its field', async () => {
    expect(await refusal(Defaults, {})).toEqual([
      '- d.items.0.size: must not be less than 1, got 0',
      'from Item.size (default)',
      '- d.mode: must be one of the following values: a, b, got "c"',
      'from Defaults.mode (default)',
      '- d.text: must be longer than or equal to 5 characters, got "abc"',
      'from Defaults.text (default)',
    ]);
  });

  it('is not what is told where a source gave the value', async () => {
    expect((await refusal(Defaults, { d: { mode: 'a', items: [], text: 'x' } })).slice(0, 2)).toEqual([
      '- d.text: must be longer than or equal to 5 characters',
      'from d.text (object)',
    ]);
  });
});

describe('a validator with each', () => {
  it('names the items that it refuses', async () => {
    const sizes = { APP_E__SIZES: '3,2' };
    expect(await refusal(Ports, { e: { ports: ['80', 'abc', '99999'] } }, sizes)).toEqual([
      '- e.ports.1: must be a port',
      'from e.ports.1 (object)',
      '- e.ports.2: must be a port',
      'from e.ports.2 (object)',
      '- e.sizes.1: must not be less than 3, got 2',
      'from APP_E__SIZES (environment)',
    ]);
  });
});

describe('a validator with each on secrets', () => {
  @ConfigSection('s')
  class Tokens {
    @Secure() @IsString({ each: true }) @MinLength(4, { each: true }) tokens: SecureValue<string>[] = [];
    @Transform(({ value }: { value: string }) => new Set(value.split(' ')))
    @MinLength(4, { each: true })
    words = new Set<string>();
  }

  it('names the items that it refuses, and never what they are', async () => {
    expect(await refusal(Tokens, { s: { tokens: ['long enough', 'abc', 'x'] } })).toEqual([
      '- s.tokens.1: must be longer than or equal to 4 characters',
      'from s.tokens.1 (object)',
      '- s.tokens.2: must be longer than or equal to 4 characters',
      'from s.tokens.2 (object)',
    ]);
  });

  it('counts the values of a Set', async () => {
    expect(await refusal(Tokens, { s: { words: 'long-enough abc' } })).toEqual([
      '- s.words: value 2 of it must be longer than or equal to 4 characters',
      'from s.words (object)',
    ]);
  });
});

describe('an item of a list that lacks something', () => {
  class Payment {
    @IsString() kind!: string;
  }
  class Card extends Payment {
    @IsString() number!: string;
  }
  class Invoice extends Payment {}
  const subTypes = [
    { name: 'card', value: Card },
    { name: 'invoice', value: Invoice },
  ];

  @ConfigSection('l')
  class Payments {
    @ListOf(() => Payment)
    @Type(() => Payment, { keepDiscriminatorProperty: true, discriminator: { property: 'kind', subTypes } })
    payments: Payment[] = [];
  }

  it('is told with the place of the item', async () => {
    const payments = [{ kind: 'invoice' }, { number: '1' }, { kind: 'card' }];
    expect(await refusal(Payments, { l: { payments } })).toEqual([
      '- l.payments.1.kind: is not set; it must be one of card, invoice',
      'from l.payments.1 (object)',
      'Set l.payments.1.kind (object) or APP_L__PAYMENTS__1__KIND (environment).',
      '- l.payments.2.number: is not set; it must be a string',
      'from l.payments.2 (object)',
      'Set l.payments.2.number (object) or APP_L__PAYMENTS__2__NUMBER (environment).',
    ]);
  });
});

describe('a group of one of several classes that is not set', () => {
  class Login {
    @IsString() kind!: string;
  }
  class Password extends Login {
    @IsString() user!: string;
  }
  class Token extends Login {
    @IsString() token!: string;
  }
  const subTypes = [
    { name: 'password', value: Password },
    { name: 'token', value: Token },
  ];

  @ConfigSection('p')
  class Client {
    @ValidateNested()
    @Type(() => Login, { keepDiscriminatorProperty: true, discriminator: { property: 'kind', subTypes } })
    login!: Password | Token;
  }

  it('asks for the setting that says which, because no single variable sets the group', async () => {
    expect(await refusal(Client, {})).toEqual([
      '- p.login.kind: is not set; it must be one of password, token',
      'Set p.login.kind (object) or APP_P__LOGIN__KIND (environment).',
    ]);
  });
});
