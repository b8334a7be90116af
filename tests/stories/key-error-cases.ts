// Cases of errors about keys and about values that others have encrypted; see error-cases.ts.
import { springCipher } from '../../src/index.js';

export const keyErrorCases = {
  'spring-cipher-not-opened': () => Promise.resolve().then(() => springCipher({ key: 'wrong' }).open('{cipher}00ff')),
};
