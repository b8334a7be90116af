// sagas: steps with compensations, run by an engine. Subpath: `uno-config/sagas`; engines: `uno-config/sagas/local`,
// `uno-config/sagas/dbos`.
export {
  InjectSagas,
  NonRetryableError,
  Saga,
  SagaRetrySettings,
  SagasDefinition,
  SagaSettings,
  sagasIdentifier,
  SagasSettings,
  Step,
} from './port/index.js';
export type {
  SagaHandle,
  SagaOptions,
  SagaOutcome,
  SagaRun,
  SagaRunStatus,
  Sagas,
  SagasHealth,
  SagasIdentifier,
  StartOptions,
  StepOptions,
} from './port/index.js';
