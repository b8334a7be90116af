// inspector: a read-only page that shows the state of the configuration.
//
//   request -> host, origin, token -> viewer -> read model (what the viewer may see) -> JSON -> page
export {
  inspector,
  type Inspector,
  type InspectorOptions,
  type InspectorRequest,
  type InspectorResponse,
} from './inspector.js';
