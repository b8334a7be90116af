// binding: from a tree of raw values to frozen, validated instances.
//
//   class -> plan (once)      layer -> normalised layer      subtree + plan -> instance | findings
//
// Rooms, low to high: coerce < fields < plan < bind < normalise.
export * from './bind/index.js';
export * from './coerce/index.js';
export * from './fields/index.js';
export * from './normalise/index.js';
export * from './plan/index.js';
