// What the pages tell a reader to install. `npm run guides` does so; the packages that are not ours to depend on are
// nowhere else, so the pages that use them are compiled there alone.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { missingServicePackages, serviceModules } from '../services.js';

const ours = [
  'inversify',
  'reflect-metadata',
  'class-validator',
  'class-transformer',
  '@types/node',
  '@swc/core',
  'tsx',
  'fast-check',
  'pino',
];
const flags = ['@openfeature/core', '@openfeature/flagd-core', '@openfeature/server-sdk'];
const projections = ['@electric-sql/pglite', '@event-driven-io/emmett-postgresql'];
const frameworks = [
  'express',
  '@types/express',
  'fastify',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
];

const versions = { '@types/node': '20', '@types/express': '5', express: '5', fastify: '5' };
const nest = '12';

/** As `npm install` takes them. */
export const readersPackages = [...ours, ...flags, ...projections, ...frameworks, 'rxjs'].map((name) => {
  const version = name.startsWith('@nestjs/') ? nest : versions[name];
  return version === undefined ? name : `${name}@${version}`;
});

const places = [fileURLToPath(new URL('../../node_modules', import.meta.url)), serviceModules];
const isHere = (name) => places.some((place) => existsSync(`${place}/${name}`));

/** What some pages need when they run, and the repository has for the tests of services alone: `npm run guides` runs those. */
export const notAtTheRoot = [...flags, ...projections].filter((name) => !existsSync(`${places[0]}/${name}`));

/** What the pages use and the repository does not have. */
export const missingHere = [...new Set([...missingServicePackages, ...frameworks.filter((name) => !isHere(name))])];
