// routing: rules in the settings that decide where events go. Subpath: `uno-config/routing`.
//
//   RoutingSettings (checked) -> RouteTable: type index -> one condition that comes to the index of a rule -> destinations
export * from './routes.js';
export { RouteRule, RoutingSettings } from './routing-settings.js';
export type {
  FlagdAnswer,
  FlagdDriver,
  FlagdLogger,
  RouteDecision,
  RouteExplanation,
  RouteVerdict,
} from './route-table.js';
