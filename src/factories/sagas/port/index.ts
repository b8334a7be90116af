// The part of sagas that is the same on every engine.
//
//   @Saga class -> shape -> start: record (input, deadline) -> engine.step each -> outcome; undo in reverse
export { NonRetryableError } from './non-retryable-error.js';
export { plainJson, reportEnd, runSaga, type RunEngine, type SagaOutcome, type SagaRecord } from './run-saga.js';
export * from './saga.js';
export * from './saga-settings.js';
export * from './sagas.js';
export { StepGate } from './step-gate.js';
export { Turns } from './turns.js';
export { EngineReports } from './engine-reports.js';
