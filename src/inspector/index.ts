// inspector: a read-only page that shows the state of the configuration.
//
//   request -> host, origin, token -> viewer -> read model (what the viewer may see) -> JSON -> page
//   generation -> rows, explanations -> report: the same page in one file
export * from './inspector.js';
export type { InspectorOptions } from './inspector-options.js';
export { settingRows, type SettingRows } from './setting-rows.js';
export { reportHtml, reportOf } from './static-report.js';
