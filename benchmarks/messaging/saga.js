import { pairsOf } from '../harness/database-pairs.js';

const SAGA = new URL('../harness/tasks/saga.js', import.meta.url);

export default {
  title: 'a saga of three steps on DBOS beside a workflow of three steps on it, in pairs; its interval of 95 %',
  unit: 'µs',
  measure: () => pairsOf('timeSagas', 'the engine alone', SAGA),
};
