// Fails when package-lock.json names the registry a package came from, or is not what package.json asks for.
import { existsSync, readFileSync } from 'node:fs';

const read = (name) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const lock = read('package-lock.json');
const manifest = read('package.json');

const listed = [
  'package-lock.json',
  'benchmarks/package-lock.json',
  'tests/services/package-lock.json',
  'tests/services/spring-client/package-lock.json',
]
  .filter((name) => existsSync(new URL(`../${name}`, import.meta.url)))
  .flatMap((name) =>
    Object.entries(read(name).packages).map(([place, entry]) => ({ place: `${name}: ${place}`, entry })),
  );

const problems = listed
  .filter(({ entry }) => 'resolved' in entry)
  .map(
    ({ place }) => `${place} names where it was downloaded from (set omit-lockfile-registry-resolved, install again)`,
  );

for (const group of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']) {
  if (JSON.stringify(lock.packages['']?.[group] ?? {}) !== JSON.stringify(manifest[group] ?? {})) {
    problems.push(`package-lock.json: ${group} differ from package.json (run npm install)`);
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}
