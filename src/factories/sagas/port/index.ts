// The part of sagas that is the same on every engine.
//
//   @Saga class -> shape -> start: record (input, deadline) -> engine.step each -> outcome; undo in reverse
export { plainJson, reportEnd, runSaga, type RunEngine, type SagaOutcome, type SagaRecord } from './run-saga.js';
export {
  Saga,
  Step,
  type SagaOptions,
  type SagaRun,
  type SagaShape,
  type StepOptions,
  type StepShape,
} from './saga.js';
export {
  orDefaults,
  planOf,
  SagaRetrySettings,
  SagaSettings,
  SagasSettings,
  type RetryPlan,
  type SagaPlan,
} from './saga-settings.js';
export {
  InjectSagas,
  LiveSagas,
  SagaRegistry,
  SagasDefinition,
  sagasIdentifier,
  sagasOn,
  type SagaEngine,
  type SagaHandle,
  type SagaRunStatus,
  type Sagas,
  type SagasHealth,
  type SagasIdentifier,
  type StartOptions,
} from './sagas.js';
export { StepGate } from './step-gate.js';
export { Turns } from './turns.js';
