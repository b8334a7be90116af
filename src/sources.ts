// `uno-config/sources`: what a source of your own is made with.
export { createAnswer, createLayer, SourceUnreachable } from './core/index.js';
export type {
  LayerOptions,
  LeafNode,
  ListNode,
  LoadAnswerOptions,
  MapNode,
  SchemaKey,
  SchemaNode,
  SecretRule,
  SectionNode,
  SourceUnreachableOptions,
  TenantAccess,
} from './core/index.js';
export { remoteSource, revisionConflict } from './sources/remote/index.js';
export type {
  RemoteAnswer,
  RemoteChange,
  RemoteReadContext,
  RemoteSourceOptions,
  RemoteWatch,
  RemoteWatchContext,
  RemoteWrite,
  RevisionConflictOptions,
  WritableSource,
} from './sources/remote/index.js';
