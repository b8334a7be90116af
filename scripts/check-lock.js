// Fails when package-lock.json names the registry a package came from, or is not what package.json asks for.
import { readFileSync } from 'node:fs';

const read = (name) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const lock = read('package-lock.json');
const manifest = read('package.json');

const problems = Object.entries(lock.packages)
  .filter(([, entry]) => 'resolved' in entry)
  .map(([name]) => `${name} names where it was downloaded from (set omit-lockfile-registry-resolved, install again)`);

for (const group of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']) {
  if (JSON.stringify(lock.packages['']?.[group] ?? {}) !== JSON.stringify(manifest[group] ?? {})) {
    problems.push(`${group} differ from package.json (run npm install)`);
  }
}

if (problems.length > 0) {
  console.error(`package-lock.json:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  process.exitCode = 1;
}
