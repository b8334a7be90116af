import { measureSecrets } from '../harness/secrets.js';

export default {
  title: 'a value of 32 bytes opened that was sealed for a key of X25519',
  unit: 'ns',
  target: { text: 'faster than jose', ratios: { jose: { below: 1 } } },
  measure: () => measureSecrets('timeOpenSealed'),
};
