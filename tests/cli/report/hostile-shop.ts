import { IsInt, IsString, Max } from 'class-validator';
import { ConfigSection, Deprecated, Secure, type SecureValue, TenantScope } from '../../../src/sections/index.js';
import { configFolder } from '../../../src/sources/index.js';
import { defineTenants, tenantFolder } from '../../../src/tenants/index.js';

export const SECRETS = ['hunter2', 'hunter3', 'hunter4'];

export const MARKUP = `<img src=x onerror="globalThis.owned = true"><script>globalThis.owned = true</script>'&amp;`;

@ConfigSection('shop')
class ShopSettings {
  @TenantScope('tenant') @IsString() title: string = 'shop';
  @TenantScope('tenant') @IsInt() @Max(500) size: number = 10;
  @Deprecated({ since: '2.0', use: 'shop.size' }) @IsInt() width: number = 1;
  @Secure() password!: SecureValue<string>;
  @IsString() url: string = 'postgres://ann:hunter3@db/shop';
  @IsString() apiToken: string = 'hunter4';
}

/** A shop with three environments, two regions and three tenants, whose texts are markup. */
export const SHOP_FILES = {
  'uno.config.ts': '',
  'config/app.yaml': `shop:\n  password: hunter2\n  title: ${JSON.stringify(MARKUP)}\n  width: 3\n`,
  'config/app.production.yaml': 'shop:\n  size: 20\n',
  'config/app.production.eu.yaml': 'shop:\n  size: 30\n',
  'config/app.production.mars.yaml': 'shop:\n  size: 99\n',
  'config/notes.yaml': 'a: 1\n',
  'tenants/acme.yaml': 'shop: { size: 400 }\n',
  'tenants/beta.yaml': `shop: { size: 900, title: ${JSON.stringify(MARKUP)} }\n`,
};

export function shopDefinition(folder: string): object {
  return {
    sections: [ShopSettings],
    sources: [configFolder(`${folder}/config`)],
    tenants: defineTenants({ layers: tenantFolder(`${folder}/tenants`) }),
    regions: ['eu', 'us'],
    env: {},
  };
}
