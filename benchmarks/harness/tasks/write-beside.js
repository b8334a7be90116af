// A process that keeps writing a file of its own in a folder: `write-beside.js <folder> <times in a second>`.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setInterval } from 'node:timers';

const [folder, times] = process.argv.slice(2);
const file = path.join(folder, 'beside.log');

setInterval(() => writeFileSync(file, 'written beside'), 1_000 / Number(times));
process.once('disconnect', () => process.exit());
