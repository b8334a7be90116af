// rules: conditions over a context in the targeting language of flagd, checked before an engine is given them. An engine
// takes a mistake for "no": here it has a place and a name.
//
//   checkRule: operators, how many arguments, literals, depth, size  ->  problems with paths
export { checkRule, RULE_DEPTH, RULE_NODES } from './check-rule.js';
