import { execFile } from 'node:child_process';

const MOST_BYTES = 64 * 1024 * 1024;

/** What git prints; nothing when there is no git, no repository, or it says no. */
export function git(folder: string, ...words: readonly string[]): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    execFile('git', words, { cwd: folder, encoding: 'buffer', maxBuffer: MOST_BYTES }, (error, output) => {
      resolve(error === null ? output : undefined);
    });
  });
}

export function gitNames(output: Buffer): readonly string[] {
  return output
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '');
}
