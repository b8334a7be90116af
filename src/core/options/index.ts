// options: what a public function takes, declared as a table of names and kinds, and read by one reader.
//
//   readOptions('remoteSource', given, { name: option.required(option.name), poll: option.or(option.span, '1m') })
export type { OptionKind } from './option-kind.js';
export * as option from './option-kinds.js';
export * from './option-mistake.js';
export { readOptions, type OptionKinds, type OptionValues } from './read-options.js';
