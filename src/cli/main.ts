#!/usr/bin/env node
import { keepCompiledModules } from './compile-cache.js';
import { localCopy } from './local-copy.js';

// Nothing of ours is loaded before it is known whether ours is the copy to use.
const argv = process.argv.slice(2);
const other = localCopy(argv, process.cwd(), import.meta.url);
if (other === undefined) {
  keepCompiledModules(import.meta.url);
  const { runProcess } = await import('./run-process.js');
  await runProcess(argv);
} else {
  await import(other);
}
