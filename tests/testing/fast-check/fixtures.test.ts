import { describe, expect, it } from '@jest/globals';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { ConfigSection, RequiredIn, Rule, Secure, type SecureValue, TenantScope } from '../../../src/sections/index.js';
import { fixtures } from '../../../src/testing/fast-check/index.js';
import { testSettings } from '../../../src/testing/index.js';

@ConfigSection('shop')
class ShopSettings {
  @IsInt() @Min(0) @Max(9) least: number = 0;
  @IsInt() @Min(0) @Max(9) most: number = 9;
  @RequiredIn('production') @IsString() region: string = 'local';
  @TenantScope('system') @IsString() bucket: string = 'shop';
  @Secure() key!: SecureValue<string>;
  @IsOptional() @IsString() note?: string;

  @Rule('least must not exceed most')
  ordered(): boolean {
    return this.least <= this.most;
  }
}

describe('fixtures', () => {
  it('are the same in every run, and others with another seed', () => {
    expect(fixtures(ShopSettings).full).toEqual(fixtures(ShopSettings).full);
    expect(fixtures(ShopSettings, { seed: 2 }).full).not.toEqual(fixtures(ShopSettings).full);
  });

  it('are what an environment needs, and all there is', async () => {
    const { minimal, full, secrets } = fixtures(ShopSettings, { environment: 'production' });
    expect(Object.keys(minimal).sort()).toEqual(['key', 'region']);
    expect(Object.keys(full).sort()).toEqual(['bucket', 'key', 'least', 'most', 'note', 'region']);
    expect(Object.keys(secrets)).toEqual(['key']);
    for (const values of [minimal, full]) {
      await expect(testSettings(ShopSettings, values, { environment: 'production' })).resolves.toBeDefined();
    }
  });

  it('are reloads that change one field each and stay valid', async () => {
    const { reloads } = fixtures(ShopSettings);
    expect(reloads.map(({ field }) => field).sort()).toEqual(['bucket', 'key', 'least', 'most', 'note', 'region']);
    for (const { field, before, after } of reloads) {
      expect({ ...after, [field]: before[field] }).toEqual(before);
      await expect(testSettings(ShopSettings, after)).resolves.toBeDefined();
    }
  });

  it('are overlays of tenants, without what tenants must not set', () => {
    const made = fixtures(ShopSettings);
    expect(made.tenant('acme')).toEqual(fixtures(ShopSettings).tenant('acme'));
    const all = ['acme', 'globex', 'initech', 'umbrella'].map((id) => made.tenant(id));
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBeGreaterThan(1);
    for (const one of all) expect(one).not.toHaveProperty('bucket');
  });
});
