import { pairsOf } from '../harness/database-pairs.js';

export default {
  title: 'a query of PostgreSQL by resource.use beside the same pool, in pairs; its interval of 95 %',
  unit: 'µs',
  measure: () => pairsOf('timeQueries', 'bare pool'),
};
