import 'reflect-metadata';
import { IsInt } from 'class-validator';
import { createLayer, type ConfigSource } from '../../src/core/index.js';
import { ConfigSection, type SectionClass } from '../../src/sections/index.js';

/** Every section of one generation holds the same two numbers, and the second is the first with its sign turned. */
export abstract class Twin {
  @IsInt() public serial: number = 0;
  @IsInt() public mirror: number = 0;
}

@ConfigSection('north')
export class North extends Twin {}

@ConfigSection('east')
export class East extends Twin {}

@ConfigSection('south')
export class South extends Twin {}

@ConfigSection('west')
export class West extends Twin {}

export const TWINS: readonly SectionClass<Twin>[] = [North, East, South, West];

/** Two sources, each with half of the sections, that answer with the serial set last. */
export class TwinSources {
  public serial = 0;
  public readonly sources: readonly ConfigSource[] = [
    this.#source('one', ['north', 'east']),
    this.#source('other', ['south', 'west']),
  ];

  #source(name: string, keys: readonly string[]): ConfigSource {
    return {
      name,
      load: () => {
        const values = { serial: this.serial, mirror: 0 - this.serial };
        return createLayer({ name, tree: Object.fromEntries(keys.map((key) => [key, values])) });
      },
    };
  }
}
