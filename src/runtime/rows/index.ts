// rows: a generation as a table, one row for each section and for each map above sections.
//
//   schema -> segments (once)     layer -> parts, one for each segment     parts of all layers -> merged -> row
export { canonicalLayers } from './canonical-layers.js';
export { byIndex, cutSchema, segmentAt, segmentsOf, type Segment, wholeOf } from './segment.js';
export { type GatheredRows, gatherRows, hangsOnMore, isSameList, mergedRow, saidOver, spliced } from './gather-rows.js';
export { NO_OVERRIDES, overridesAt, overridesOf, type Override, type Overrides } from './override-parts.js';
export type { Part } from './part.js';
export {
  issuesOf,
  outdatedIn,
  readAnswer,
  readAnswers,
  unknownKeysOf,
  type MovedReading,
  type Reading,
} from './reading.js';
export {
  NO_FILES,
  NO_FORMULAS,
  emptyRow,
  picked,
  rowOf,
  sectionValue,
  wholeValue,
  withRows,
  type Row,
  type RowLookup,
  type Rows,
  mountedValues,
} from './row.js';
export {
  FILES,
  type FileAnswer,
  type FileName,
  type FileReach,
  ReferenceFiles,
  fileKey,
  missingFile,
} from './reference-files.js';
export {
  type Contribution,
  type Traceable,
  decidedBy,
  originOf,
  traceSetting,
  winningLayer,
  winningPart,
  winningSeat,
  winningValue,
} from './trace-setting.js';
