import { describe, expect, it, jest } from '@jest/globals';
import { IsBoolean, IsInt, IsString, Max, Min } from 'class-validator';
import { planOf } from '../../src/binding/index.js';
import { createLayer, type ConfigSource } from '../../src/core/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { loaded } from './loading.js';

@ConfigSection('server')
class ServerSettings {
  @IsString() public host: string = 'localhost';
  @IsInt() @Min(1) @Max(65_535) public port: number = 80;
  @IsBoolean() public secure: boolean = false;
}

const file: ConfigSource = {
  load: () =>
    createLayer({ name: 'app.json', kind: 'file', tree: { server: { host: 'h', port: 8080, secure: true } } }),
};

describe('a first load', () => {
  it.each(['test', 'production'] as const)(
    'prepares nothing of simple fields but their columns, in %s',
    async (environment) => {
      const plan = planOf(ServerSettings);
      const fields = jest.spyOn(plan, 'field');
      const tables = jest.spyOn(plan.keys, 'get');
      const generation = await loaded([ServerSettings], [file], { environment });
      expect(generation.get(ServerSettings)).toEqual({ host: 'h', port: 8080, secure: true });
      expect([fields.mock.calls, tables.mock.calls]).toEqual([[], []]);
    },
  );
});
