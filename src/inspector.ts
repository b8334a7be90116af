// `uno-config/inspector`: a read-only page that shows the state of the configuration.
export { inspector } from './inspector/index.js';
export type { Inspector, InspectorOptions, InspectorRequest, InspectorResponse } from './inspector/index.js';
