import type { TenantAccess } from '../core/index.js';
import { declareField, declareTenantAccess } from './section-metadata.js';

/**
 * Says whose a field is in a program with tenants: `tenant` (the default), every tenant may set it for itself;
 * `with-secrets`, so may those that set the secrets of the same class too, which belongs on the host that a password is sent
 * to; `visible`, tenants may refer to it and not set it; `system`, they may not even refer to it. A tenant whose document
 * sets it all the same is refused, and no other one. On a settings class it holds for all fields that say nothing themselves. Without
 * tenants it means nothing. Subpaths: `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError for another word, and when it stands on neither a class nor a field of instances.
 *
 * @example
 * ```ts
 * @ConfigSection('search')
 * class SearchSettings {
 *   @TenantScope('system') @IsString() cluster: string = 'search-1';
 *   @IsInt() pageSize: number = 20;
 * }
 * ```
 */
export function TenantScope(access: TenantAccess): ClassDecorator & PropertyDecorator {
  if (!ACCESS.includes(access)) throw new TypeError(`@TenantScope(access): is one of ${ACCESS.join(', ')}.`);
  return (target: object, property?: string | symbol) => {
    if (property !== undefined) declareField(target, property, { tenantScope: access });
    else if (typeof target === 'function') declareTenantAccess(target, access);
    else throw new TypeError('@TenantScope belongs on a settings class or on one of its fields.');
  };
}

const ACCESS: readonly TenantAccess[] = ['system', 'visible', 'with-secrets', 'tenant'];
