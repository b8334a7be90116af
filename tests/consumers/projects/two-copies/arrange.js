// Arranges what pnpm makes of a shared package that asks for class-validator and class-transformer itself: it lies in the
// store, beside copies of its own, and the application has a link to it. The settings classes are in there.
import { cpSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const store = path.resolve('node_modules/.pnpm/shared-settings@1.0.0/node_modules');
const shared = path.join(store, 'shared-settings');
mkdirSync(shared, { recursive: true });
renameSync('out/settings.js', path.join(shared, 'index.js'));
const manifest = { name: 'shared-settings', version: '1.0.0', type: 'module', exports: './index.js' };
writeFileSync(path.join(shared, 'package.json'), JSON.stringify(manifest));
for (const name of ['class-validator', 'class-transformer']) {
  cpSync(path.join('node_modules', name), path.join(store, name), { recursive: true });
}
// What they need, and the library, there is once.
for (const name of ['validator', 'libphonenumber-js', 'uno-config', 'reflect-metadata']) {
  symlinkSync(path.resolve('node_modules', name), path.join(store, name), 'junction');
}
symlinkSync(shared, path.resolve('node_modules/shared-settings'), 'junction');
writeFileSync('out/settings.js', "export * from 'shared-settings';\n");
if (!readFileSync(path.join(shared, 'index.js'), 'utf8').includes('class-transformer')) {
  throw new Error('The shared settings use no decorator of class-transformer any more.');
}
