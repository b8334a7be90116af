import type {
  ConfigLayer,
  ConfigMap,
  ConfigOrigin,
  ConfigPath,
  SecretContent,
  SecretLevel,
  SectionNode,
} from '../../core/index.js';
import {
  formatPath,
  isConfigMap,
  isEncryptedText,
  isForbiddenKey,
  isMountedSecret,
  isSecureValue,
  scopePath,
  secretContent,
  secretAt,
  secretText,
  UNRESOLVED,
  maskCredentials,
} from '../../core/index.js';
import { sourcePath } from '../../binding/index.js';
import { storedLayer } from './rebuild-layers.js';
import type { SnapshotLayer } from './snapshot.js';
import { isStorable } from './stored-value.js';

/** What keeps secrets out of a snapshot, and forgeries out of the folder. */
export interface SnapshotSecrets {
  /** Encrypts what is declared to be a secret, as far as there are keys. */
  protect(path: ConfigPath, text: string, level: SecretLevel): string | undefined;
  open(text: string, path: ConfigPath, level: SecretLevel): SecretContent;
  /** Ends when the keys have been loaded, or could not be. */
  readonly loaded: Promise<unknown>;
}

export interface SnapshotRules {
  readonly schema: SectionNode;
  /** True when the value at a canonical path must not be shown. */
  readonly isSecret: (path: ConfigPath) => boolean;
  /** Without it secrets are left out. */
  readonly secrets?: SnapshotSecrets;
  /** Where documents have versions. */
  readonly migrations?: {
    /** A layer as it would be written today. */
    current(layer: ConfigLayer): { readonly layer: ConfigLayer };
    /** A tree that says its versions. */
    stamped(tree: ConfigMap): ConfigMap;
  };
}

export interface CanonicalLayer {
  readonly layer: ConfigLayer;
  readonly tree: ConfigMap;
}

/** Origins take about as much room as the values; beyond this many values they are left out. */
const MAXIMUM_ORIGINS = 10_000;

/** The part of a layer that may be written to disk: everything but secrets and what JSON cannot hold. */
export function snapshotLayer({ layer, tree }: CanonicalLayer, rules: SnapshotRules): SnapshotLayer {
  const stored = storedLayer(layer);
  // The source was unreachable all the time: its earlier answer is kept.
  if (stored !== undefined) return stored;
  const { name, kind, references, folder } = layer;
  const paths: ConfigPath[] = [];
  const isSecret = folder !== undefined && isMountedSecret(folder) ? (): boolean => true : rules.isSecret;
  const values = keptMap(tree, [], { ...rules, isSecret }, paths);
  const kept = rules.migrations?.stamped(values) ?? values;
  const origins = new Map<string, ConfigOrigin>();
  if (paths.length <= MAXIMUM_ORIGINS) {
    for (const path of paths) origins.set(formatPath(path), layer.locate(sourcePath(layer, rules.schema, path)));
  }
  return { name, kind, references, ...(folder !== undefined && { folder }), tree: kept, origins };
}

function keptMap(map: ConfigMap, path: ConfigPath, rules: SnapshotRules, paths: ConfigPath[]): ConfigMap {
  const entries = Object.entries(map).filter(([key, value]) => value !== undefined && !isForbiddenKey(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, keptValue(value, [...path, key], rules, paths)]));
}

function keptValue(value: unknown, path: ConfigPath, rules: SnapshotRules, paths: ConfigPath[]): unknown {
  if (value !== null && typeof value !== 'symbol' && rules.isSecret(path)) {
    const kept = keptSecret(value, path, rules);
    if (kept !== undefined) {
      paths.push(path);
      return kept;
    }
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => keptValue(item, [...path, String(index)], rules, paths));
  }
  if (isConfigMap(value)) return keptMap(value, path, rules, paths);
  paths.push(path);
  return mayBeKept(value, path, rules) ? value : UNRESOLVED;
}

/** A secret as ciphertext that opens only at its own place; `undefined` without a key for it. */
function keptSecret(value: unknown, path: ConfigPath, { schema, secrets }: SnapshotRules): string | undefined {
  if (typeof value === 'string' && isEncryptedText(value)) return value;
  const declared = secretAt(schema, path);
  return declared && secrets?.protect(scopePath(schema, path), secretAsText(value), declared.rule.level);
}

function secretAsText(value: unknown): string {
  if (isSecureValue(value)) return secretText(secretContent(value));
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function mayBeKept(value: unknown, path: ConfigPath, rules: SnapshotRules): boolean {
  // An answer that there is no value is no secret.
  if (value === null || typeof value === 'symbol') return isStorable(value);
  if (!isStorable(value) || rules.isSecret(path)) return false;
  // Errs on the side of secrecy, whatever the key is called.
  return typeof value === 'string' || value instanceof URL ? maskCredentials(String(value)) === String(value) : true;
}
