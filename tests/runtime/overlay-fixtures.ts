import { IsInt, IsOptional, IsString } from 'class-validator';
import { ConfigError, createLayer, type ConfigLayer } from '../../src/core/index.js';
import { rule, type Generation } from '../../src/runtime/index.js';
import { ConfigSection, Merge, RestartRequired } from '../../src/sections/index.js';
import fc from '../fast-check.js';

@ConfigSection('brand')
class Brand {
  @IsString() name: string = 'base';
  @Merge('append') @IsString({ each: true }) colours: readonly string[] = [];
}

@ConfigSection('mail')
class Mail {
  @IsString() from: string = '${brand.name}@example.org';
  @IsInt() limit: number = 10;
}

@ConfigSection('letter')
class Letter {
  @IsString() text: string = 'yours, ${mail.from}';
  @IsOptional() @IsString() note?: string;
}

@ConfigSection('server')
class Server {
  @IsInt() @RestartRequired() port: number = 80;
}

@ConfigSection('quota')
class Quota {
  @IsInt() most: number = 100;
}

export const SECTIONS = [Brand, Mail, Letter, Server, Quota];
export const rules = [
  rule('limit must not exceed the quota', [Mail, Quota], (mail, quota) => mail.limit <= quota.most),
];

export const layer = (tree: Record<string, unknown>, more: Partial<ConfigLayer> = {}): ConfigLayer =>
  createLayer({ name: 'tenant', tree, ...more });

const texts = fc.constantFrom(
  'a',
  '${brand.name}',
  '${mail.from:-none}',
  '${letter.note:-none}',
  'x ${mail.limit}',
  '!unset',
  '',
);
export const trees = fc.record(
  {
    brand: fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ name: texts, colours: fc.array(texts, { maxLength: 2 }) }, { requiredKeys: [] }),
      },
      fc.constantFrom<unknown>('!unset', null, '${quota}'),
    ),
    mail: fc.record(
      { from: texts, limit: fc.constantFrom<unknown>(5, '7', 500, 'many', '${quota.most}') },
      { requiredKeys: [] },
    ),
    letter: fc.record({ text: texts, note: texts }, { requiredKeys: [] }),
    quota: fc.record({ most: fc.constantFrom(6, 50, 1000) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

/** All sections in words, or all that is wrong with them. */
export async function told(making: Promise<Generation>): Promise<unknown> {
  try {
    const generation = await making;
    return generation.describe().map(({ path, value }) => [path, value, String(generation.explain(path))]);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return 'refused';
  }
}
