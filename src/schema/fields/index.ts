// fields: what the decorators and initialisers of settings classes say, read once for everything that is generated.
export { both, type Constraints, escaped, type FieldConstraints } from './constraints.js';
export { type FieldFacts, fieldFacts } from './field-facts.js';
export { amountBounds, fieldNotes } from './field-notes.js';
export { plain, plainDefault } from './plain-default.js';
export { settingRows, type SettingRow } from './setting-rows.js';
export { versionNotes, type VersionNotes } from './version-notes.js';
export { type SettingsPlace, settingsTree } from './settings-tree.js';
