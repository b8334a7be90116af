import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsOptional, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { compareSchemas, jsonSchema } from '../../../src/schema/index.js';
import {
  Alias,
  ConfigSection,
  Deprecated,
  Duration,
  IsDuration,
  ListOf,
  RequiredIn,
  type SectionClass,
  Secure,
  type SecureValue,
} from '../../../src/sections/index.js';

class PoolBefore {
  @IsInt() @Max(10) max = 5;
  @IsInt() gone = 1;
}

class PoolAfter {
  @IsInt() @Max(20) max = 5;
}

@ConfigSection('shop')
class Before {
  @IsString() host = 'a';
  @IsString() removed = 'x';
  @IsInt() @Min(1) @Max(100) port = 80;
  @IsNumber() ratio = 1;
  @IsIn(['a', 'b', 'c']) mode = 'a';
  @IsDuration({ min: '1s', max: '1h' }) wait: Duration = Duration.of('10s');
  @IsOptional() @IsString() note?: string;
  @RequiredIn('production') @IsString() region = 'local';
  @Secure({ level: 'mask' }) key!: SecureValue<string>;
  @IsString() same = 'same';
  @ListOf(() => PoolBefore) pools: PoolBefore[] = [];
  @ValidateNested() @Type(() => PoolBefore) group: PoolBefore = new PoolBefore();
}

@ConfigSection('shop')
class After {
  @Alias('host') @IsString() server = 'a';
  @IsInt() @Min(2) @Max(200) port = 8080;
  @IsInt() ratio = 1;
  @IsIn(['a', 'd']) mode = 'a';
  @IsDuration({ min: '500ms', max: '30m' }) wait: Duration = Duration.of('10s');
  @IsString() @MaxLength(5) note!: string;
  @RequiredIn('production', 'test') @IsString() region = 'local';
  @Secure({ level: 'sealed' }) key!: SecureValue<string>;
  @Deprecated() @IsString() same = 'same';
  @IsString() fresh!: string;
  @IsInt() more = 1;
  @ListOf(() => PoolAfter) pools: PoolAfter[] = [];
}

function compared(before: SectionClass, after: SectionClass): readonly string[] {
  const schemas = [before, after].map((target) => jsonSchema({ sections: [target], sources: [] }));
  return compareSchemas(schemas[0] ?? {}, schemas[1] ?? {}).map(
    ({ kind, path, breaking, message }) => `${breaking ? 'breaking' : 'fine'} ${kind} ${path}: ${message}`,
  );
}

describe('compareSchemas', () => {
  it('finds nothing between a schema and itself', () => {
    expect(compared(Before, Before)).toEqual([]);
  });

  it('says of every change what it is, and whether older settings may be refused', () => {
    expect([...compared(Before, After)].sort()).toEqual(
      [
        'fine renamed shop.host: is called shop.server now; the old name still works',
        'breaking removed shop.removed: was removed, and is refused now',
        'breaking narrowed shop.port: its minimum was 1 and is 2',
        'fine widened shop.port: its maximum was 100 and is 200',
        'fine default-changed shop.port: its default was 80 and is 8080',
        'breaking narrowed shop.ratio: takes no number and no string of the form number any more',
        'fine widened shop.ratio: takes string of the form integer as well',
        'breaking narrowed shop.mode: takes "b", "c" no more',
        'fine widened shop.mode: takes "d" as well',
        'fine widened shop.wait: has to be at least 500ms now',
        'breaking narrowed shop.wait: has to be at most 30m now',
        'breaking newly-required shop.note: has to be set now',
        'breaking narrowed shop.note: takes no null any more',
        'breaking narrowed shop.note: its maxLength was none and is 5',
        'breaking newly-required shop.region: has to be set in test now',
        'fine secret-changed shop.key: was a secret of level mask and is a secret of level sealed',
        'fine deprecated shop.same: is deprecated',
        'fine widened shop.pools[].max: its maximum was 10 and is 20',
        'breaking removed shop.pools[].gone: was removed, and is refused now',
        'breaking removed shop.group: was removed, and is refused now',
        'breaking added shop.fresh: was added, and has to be set',
        'fine added shop.more: was added',
      ].sort(),
    );
  });
});
