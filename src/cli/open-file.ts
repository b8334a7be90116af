import { spawn } from 'node:child_process';

/** The program that opens a file as a double click would; nothing where nobody would see it. */
export function openerFor(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): readonly [string, ...string[]] | undefined {
  if ((env['CI'] ?? '') !== '' || (env['SSH_CONNECTION'] ?? '') !== '') return undefined;
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['explorer.exe'];
  const hasDisplay = [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((display) => (display ?? '') !== '');
  return hasDisplay ? ['xdg-open'] : undefined;
}

/** Opens a file; the answer is false where there is nothing to open it with, or no display. */
export async function openFile(
  path: string,
  platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<boolean> {
  const opener = openerFor(platform, env);
  if (opener === undefined) return false;
  const [program, ...words] = opener;
  return new Promise((resolve) => {
    const child = spawn(program, [...words, path], { detached: true, stdio: 'ignore', env: { ...env } });
    child.once('error', () => {
      resolve(false);
    });
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
