import { measureSecrets } from '../harness/secrets.js';

export default {
  title: 'a value of 32 bytes opened with a shared key, its scope checked',
  unit: 'ns',
  target: { text: 'at least 3x the speed of jose', ratios: { jose: { atMost: 1 / 3 } } },
  measure: () => measureSecrets('timeOpen'),
};
