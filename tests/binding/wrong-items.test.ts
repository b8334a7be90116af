import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { ConfigSection, ListOf, MapOf } from '../../src/sections/index.js';
import { issuesOf, made } from '../runtime/loading.js';

@ConfigSection('app')
class AppSettings {
  @ListOf(() => Number) ports: number[] = [];
  @MapOf(() => Number) limits: Record<string, number> = {};
  @IsInt() size = 1;
}

const many = (item: unknown) => Array.from({ length: 5_000 }, () => item);

describe('a list or map of thousands of items', () => {
  it('is read whole', async () => {
    expect((await made(AppSettings, { app: { ports: many('1') } })).ports).toHaveLength(5_000);
  });

  it('has 100 findings at most', async () => {
    expect(await issuesOf([AppSettings], { app: { ports: many('x') } })).toHaveLength(100);
    expect(await issuesOf([AppSettings], { app: { limits: Object.fromEntries(many('x').entries()) } })).toHaveLength(
      100,
    );
  });
});
