import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, ValidateNested } from 'class-validator';
import { ConfigSection, MapOf, RestartRequired } from '../../src/sections/index.js';
import { loadGeneration } from '../../src/runtime/index.js';

class ListenSettings {
  @RestartRequired() @IsInt() port = 80;
  @IsInt() backlog = 1;
}

@ConfigSection('app')
class AppSettings {
  @MapOf(() => ListenSettings) object: Readonly<Record<string, ListenSettings>> = {};
  @ValidateNested({ each: true }) @Type(() => ListenSettings) map: ReadonlyMap<string, ListenSettings> = new Map();
}

describe('a field that keeps its value until the next start', () => {
  it('does so in the entries of objects and of Maps that stay', async () => {
    let app: object = { object: { a: { port: 1 } }, map: { a: { port: 1 } } };
    const options = {
      environment: 'test' as const,
      env: {},
      sections: [AppSettings],
      sources: [{ load: () => ({ app }) }],
    };
    const previous = await loadGeneration(options);
    const moved = { a: { port: 2, backlog: 5 }, b: { port: 3 } };
    app = { object: moved, map: moved };
    const { object, map } = (await loadGeneration(options, { previous })).get(AppSettings);
    const kept = { a: { port: 1, backlog: 5 }, b: { port: 3, backlog: 1 } };
    expect([object, Object.fromEntries(map)]).toEqual([kept, kept]);
  });
});
