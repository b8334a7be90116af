import {
  isMountedSecret,
  type ConfigIssue,
  type ConfigLayer,
  type ConfigPath,
  type OriginKind,
} from '../../core/index.js';
import type { Finding } from '../../binding/index.js';

/** The identity of a source's layer, without its content: the same while the layer reads its strings the same way. */
export interface Seat {
  /** The place of the source; 0 for the defaults, and a source that is not in the list lies between two that are. */
  readonly source: number;
  /** The place among the layers of its source. */
  readonly at: number;
  readonly name: string;
  readonly kind: OriginKind;
  readonly references: boolean;
  readonly folder: string | undefined;
  /** True where platforms mount secrets: every value of the layer is one. */
  readonly isMounted: boolean;
}

/** The values of one segment in one layer. It holds no layer: origins may move while values stay. */
export interface Part {
  readonly seat: Seat;
  /** Its path: the segment's, or one above it when the value determines all that is below. */
  readonly path: ConfigPath;
  /** As the layer spells it. */
  readonly raw: unknown;
  /** In canonical keys; no map for a value in place of one: `UNSET`, or a string with references. */
  readonly tree: unknown;
  readonly holdsReferences: boolean;
  readonly holdsUnset: boolean;
  readonly holdsSecrets: boolean;
  readonly issues: readonly ConfigIssue[];
  /** Keys that no settings class declares. */
  readonly unknownKeys: readonly Finding[];
  /** How many values it holds, those inside maps and lists included. */
  readonly values: number;
}

/** The seat of a layer; the earlier one when the layer reads its strings the same way. */
export function seatOf(layer: ConfigLayer, source: number, at: number, before: Seat | undefined): Seat {
  const { name, kind, references, folder } = layer;
  const isSame =
    before?.name === name && before.kind === kind && before.references === references && before.folder === folder;
  if (isSame) return before;
  return { source, at, name, kind, references, folder, isMounted: folder !== undefined && isMountedSecret(folder) };
}
