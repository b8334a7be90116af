import type { ConfigMap, ConfigOrigin, OriginKind, Selectors } from '../../core/index.js';

/** What the sources of one committed generation said, without the secrets; `UNRESOLVED` stands for what was left out. */
export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly selectors: Selectors;
  readonly sources: readonly SnapshotSource[];
}

/** What one source said. */
export interface SnapshotSource {
  /** Tells it from the other sources of the list; see `sourceKeys`. */
  readonly key: string;
  /** When it said so, in milliseconds since 1970: earlier than the snapshot when it was out of reach even then. */
  readonly readAt: number;
  readonly layers: readonly SnapshotLayer[];
}

/** A layer with canonical keys. */
export interface SnapshotLayer {
  readonly name: string;
  readonly kind: OriginKind;
  readonly references: boolean;
  readonly folder?: string;
  readonly tree: ConfigMap;
  /** By path text; empty for a layer of more than 10,000 values, whose origins are the paths themselves. */
  readonly origins: ReadonlyMap<string, ConfigOrigin>;
}
