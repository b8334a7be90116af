// Run by a test in a program that may make no code from strings; prints what it found as JSON.
import 'reflect-metadata';
import { FlagSet } from '../../../src/flags/flag-set.js';

const engine = await import('@openfeature/flagd-core');
const onOff = { variants: { on: true, off: false }, defaultVariant: 'off' };
const targeting = { if: [{ sem_ver: [{ var: 'app' }, '>=', '2.0.0'] }, 'on'] };
const flags = { f: { state: 'ENABLED' as const, ...onOff, targeting } };
const variant = new FlagSet({ flags }, engine)
  .flag('f')
  ?.decide({ app: '2.1.0' }, { flag: () => undefined }, Date.now).variant;
let compiled = 'nothing';
try {
  new FlagSet({ flags, evaluation: 'compiled' }, engine).flag('f');
} catch (error) {
  compiled = String(error);
}
process.stdout.write(JSON.stringify({ variant, compiled }));
