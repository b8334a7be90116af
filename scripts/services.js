// tests/services has a package.json of its own: the clients of services are large, and only the tests there need them.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../tests/services/', import.meta.url));

const packages = Object.keys(JSON.parse(readFileSync(`${folder}package.json`, 'utf8')).dependencies);

/** Where they are installed. */
export const serviceModules = `${folder}node_modules`;

/** Those of them that are not installed; `npm ci --prefix tests/services` installs all. */
export const missingServicePackages = packages.filter((name) => !existsSync(`${serviceModules}/${name}`));
