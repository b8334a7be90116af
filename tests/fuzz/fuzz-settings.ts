import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsDate,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUrl,
  Min,
  ValidateNested,
} from 'class-validator';
import { planLoad } from '../../src/runtime/index.js';
import {
  Alias,
  ByteSize,
  ConfigSection,
  Duration,
  IsByteSize,
  IsDuration,
  ListOf,
  MapOf,
  Merge,
  mergeBy,
} from '../../src/sections/index.js';

class Node {
  @IsString() host = 'localhost';
  @IsInt() @Min(1) port = 1;
}

class Pool {
  @IsInt() @Alias('maximum') maxSize = 10;
  @IsDuration() idle = Duration.of('10s');
}

/** One field of every kind, with short names that generated keys often meet. */
@ConfigSection('a')
export class FuzzSettings {
  @IsString() text = 'x';
  @IsInt() int = 1;
  @IsNumber() number = 1.5;
  @IsBoolean() flag = false;
  @IsDate() date = new Date(0);
  @IsUrl({ require_tld: false }) url = 'http://localhost';
  @IsDuration() wait = Duration.of('1s');
  @IsByteSize() size = ByteSize.of('1KiB');
  @IsIn(['x', 'y']) @IsString() choice = 'x';
  @IsOptional() @IsString() password?: string;
  @IsArray() @IsString({ each: true }) @Merge('unique') tags: string[] = [];
  @ListOf(() => Node) @Merge(mergeBy('host')) nodes: Node[] = [];
  @MapOf(() => Number) rates: Record<string, number> = {};
  @MapOf(() => Node) @IsOptional() peers: Record<string, Node> = {};
  @ValidateNested() @Type(() => Pool) pool = new Pool();
}

/** The shape of the sections that everything is fuzzed against. */
export const FUZZ_SCHEMA = planLoad({ sections: [FuzzSettings], sources: [], environment: 'test' }, false).schema;

/** Keys that fit the settings, in several spellings, and a few that do not. */
export const FUZZ_KEYS = [
  ...['a', 'text', 'int', 'number', 'flag', 'date', 'url', 'wait', 'size', 'choice', 'password', 'tags', 'nodes'],
  ...['rates', 'peers', 'pool', 'maxSize', 'max-size', 'max_size', 'MAX_SIZE', 'maximum', 'idle', 'host', 'port'],
  ...['0', '1', 'x', '$import', '$unset', '$schema', ''],
] as const;
