import type { ConfigSource } from '../core/index.js';
import {
  documentFile,
  type DocumentFileOptions,
  documentFolder,
  type DocumentFolderOptions,
} from '../sources/index.js';

/**
 * A document for each tenant from a folder: `config/tenants/acme.yaml` is that of the tenant `acme`; the ending is
 * `.yaml`, `.yml`, `.json`, `.jsonc` or `.toml`. A tenant comes and goes with its file. A document may import files of the
 * folder of its own name, `config/tenants/acme/`, and no others. Of plans it is the same. Subpath: `uno-config/tenants`.
 *
 * @param folder relative to the working directory
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-not-found`, `source-unreadable` for the folder. A file that cannot be used
 *   keeps its own tenant from being served, and no other one.
 * @example
 * ```ts
 * const tenants = defineTenants({ layers: tenantFolder('config/tenants') });
 * ```
 */
export function tenantFolder(folder: string, options: DocumentFolderOptions = {}): ConfigSource {
  return documentFolder('tenantFolder', folder, options);
}

/**
 * The documents of all tenants, or plans, from one file: each key at its root is an id. Subpath: `uno-config/tenants`.
 *
 * @param path relative to the working directory
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: as `yamlFile`, `jsonFile` and `tomlFile`.
 * @example
 * ```ts
 * const tenants = defineTenants({ layers: tenantFile('config/tenants.yaml'), plans: tenantFile('config/plans.yaml') });
 * ```
 */
export function tenantFile(path: string, options: DocumentFileOptions = {}): ConfigSource {
  return documentFile('tenantFile', path, options);
}
