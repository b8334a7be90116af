// Rules in the settings that choose a saga and its version for an event. Subpath: `uno-config/sagas/routing`.
//
//   SagaRoutingSettings (checked) -> RouteTable, as for topics -> saga@version -> a run that stays where it began
export * from './saga-routes.js';
export { SagaRoutingSettings } from './saga-routing-settings.js';
