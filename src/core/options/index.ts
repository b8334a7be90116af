// options: what a public function takes, declared as a table of names and kinds, and read by one reader.
//
//   readOptions('remoteSource', given, { name: option.required(option.name), poll: option.or(option.span, 60_000) })
export type { OptionKind } from './option-kind.js';
export * as option from './option-kinds.js';
export * from './option-mistake.js';
export { readOptions, type OptionKinds, type OptionValues } from './read-options.js';
