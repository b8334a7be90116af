import { pairsOf } from '../harness/database-pairs.js';

export default {
  title:
    'a transaction of PostgreSQL by a unit of work beside begin and commit by hand, in pairs; its interval of 95 %',
  unit: 'µs',
  measure: () => pairsOf('timeTransactions', 'by hand'),
};
