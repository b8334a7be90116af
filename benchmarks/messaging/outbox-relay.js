import { pairsOf } from '../harness/database-pairs.js';

const OUTBOX = new URL('../harness/tasks/outbox.js', import.meta.url);

export default {
  title:
    'an event raised and relayed by an outbox beside insert, publish and delete by hand, in pairs; its interval of 95 %',
  unit: 'µs',
  measure: () => pairsOf('timeOutbox', 'by hand', OUTBOX),
};
