// Run as a program by killed-rotation.test.ts: rotates the files it is given, and says when it has begun and is done.
// The file itself, because a hundred processes start here.
import { readFileSync } from 'node:fs';
import { Keyset, KeysetDocument } from '../../../src/security/keyring/index.js';
import { rotateSecrets } from '../../../src/security/rotation/index.js';

const [, script = '', keys, ...files] = process.argv;
if (script.endsWith('rotate-until-killed.js') && keys !== undefined) {
  const keyset = Keyset.of(KeysetDocument.parse(readFileSync(keys)));
  process.stdout.write('begun\n');
  const { complete } = await rotateSecrets({ files, keyset });
  process.stdout.write(complete ? 'complete\n' : 'incomplete\n');
}
