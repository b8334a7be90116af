// Bundles the page of the inspector, with what it is drawn by, into files that the library serves itself.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes dist/inspector/page. */
export async function buildPage() {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/inspector/page/page.ts', 'src/inspector/page/page.css'],
    outdir: 'dist/inspector/page',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    banner: { js: '/* Contains preact (MIT, Jason Miller) and htm (Apache-2.0, Google Inc.). */' },
    tsconfig: 'src/inspector/page/tsconfig.json',
    logLevel: 'warning',
  });
}
