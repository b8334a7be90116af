import type { ConfigMap, ConfigOrigin, OriginKind, Selectors } from '../../core/index.js';

/** The sources' answers of one committed generation, without the secrets; `UNRESOLVED` marks what was left out. */
export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly selectors: Selectors;
  readonly sources: readonly SnapshotSource[];
}

export interface SnapshotSource {
  /** Identifies it among the sources of the list; see `sourceKeys`. */
  readonly key: string;
  /** When it was read, in milliseconds since 1970: before the snapshot when the source was unreachable even then. */
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
  /** By path; empty for a layer of more than 10,000 values, whose origins are the paths themselves. */
  readonly origins: ReadonlyMap<string, ConfigOrigin>;
}
