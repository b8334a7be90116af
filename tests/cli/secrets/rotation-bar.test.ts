import { describe, expect, it } from '@jest/globals';
import type { CommandIo } from '../../../src/cli/command.js';
import { RotationBar } from '../../../src/cli/secrets/rotation-text.js';

/** What a bar writes where it cannot write a line over, or can. */
function writtenBy(terminal: boolean, use: (bar: RotationBar) => void): readonly string[] {
  const written: string[] = [];
  const output = { colours: false, terminal, write: (text: string): void => void written.push(text) };
  // A bar uses the folder and the output alone.
  use(new RotationBar({ folder: '/app', error: output } as unknown as CommandIo));
  return written;
}

const progress = { file: '/app/a.yaml', filesDone: 1, files: 2, bytesDone: 50, bytes: 100, rotated: 7 };

describe('the bar of a rotation', () => {
  it('writes over its line on a terminal, and takes it away at the end', () => {
    const written = writtenBy(true, (bar) => {
      bar.update(progress);
      bar.update(progress);
      bar.update({ ...progress, filesDone: 2, bytesDone: 0, bytes: 0, rotated: 9 });
      bar.end();
    });
    expect(written).toEqual([
      '\r[#######################.......]  75 % 7 values\u001b[K',
      '\r[##############################] 100 % 9 values\u001b[K',
      '\r\u001b[K',
    ]);
  });

  it('writes a line for every file elsewhere', () => {
    const written = writtenBy(false, (bar) => {
      bar.update(progress);
      bar.update({ ...progress, bytesDone: 0, bytes: 0 });
      bar.end();
    });
    expect(written).toEqual(['1 of 2 files: a.yaml\n']);
  });
});
