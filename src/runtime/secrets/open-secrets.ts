import type { ConfigMap, ConfigPath, SchemaNode } from '../../core/index.js';
import {
  childNode,
  ConfigError,
  createSecret,
  isConfigMap,
  isEncryptedText,
  isSecureValue,
  sameSettings,
  secretContent,
  UNRESOLVED,
  type SecureValue,
} from '../../core/index.js';
import type { Finding } from '../../binding/index.js';
import type { SecretSession } from './secret-session.js';

/** A tree to be opened, and the earlier one. */
export interface SealedTree {
  readonly tree: unknown;
  readonly path: ConfigPath;
  readonly schema: SchemaNode;
  readonly was: unknown;
  /** What the tree before came to: taken over, as far as it is the same, unless the keys have moved. */
  readonly opened: unknown;
}

/** Opens the encrypted values of trees. Shares what holds none with them. */
export class SecretOpener {
  public readonly issues: Finding[] = [];
  /**
   * Moves unchanged sealed values to the keys of this load, so that nothing holds the older ones. Call these once the opened
   * values are in use: a failed load must leave nothing behind.
   */
  public readonly renewals: (() => void)[] = [];
  readonly #session: SecretSession;
  /** The second one has no indexes: a value of a list may move in it. */
  #path: string[] = [];
  #scope: string[] = [];
  readonly #keysMoved: boolean;
  readonly #tenant: string | undefined;

  /**
   * @param keysMoved true when what was opened before was under other keys: all is opened again
   * @param tenant whose values they are that were not there before
   */
  public constructor(session: SecretSession, keysMoved: boolean, tenant?: string) {
    this.#session = session;
    this.#keysMoved = keysMoved;
    this.#tenant = tenant;
  }

  public open({ tree, path, schema, was, opened }: SealedTree): unknown {
    if (tree === was && !this.#keysMoved) return opened;
    this.#path = [...path];
    this.#scope = [...path];
    return isConfigMap(tree) ? this.#map(tree, schema, was, opened) : tree;
  }

  #map(map: ConfigMap, node: SchemaNode | undefined, was: unknown, opened: unknown): ConfigMap {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(map)) {
      const value = map[key];
      if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) continue;
      this.#scope.push(key);
      const after = this.#below(key, value, nodeBelow(node, key), childOf(was, key), childOf(opened, key));
      this.#scope.pop();
      if (after !== value) (copy ??= { ...map })[key] = after;
    }
    return copy ?? map;
  }

  #list(list: readonly unknown[], node: SchemaNode | undefined, was: unknown, opened: unknown): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (const [index, value] of list.entries()) {
      const key = String(index);
      const after = this.#below(key, value, nodeBelow(node, key), childOf(was, key), childOf(opened, key));
      if (after !== value) (copy ??= [...list])[index] = after;
    }
    return copy ?? list;
  }

  #below(key: string, value: unknown, node: SchemaNode | undefined, was: unknown, opened: unknown): unknown {
    if (value === was && opened !== undefined && !this.#keysMoved) return opened;
    this.#path.push(key);
    const after = this.#value(value, node, was, opened);
    this.#path.pop();
    return after;
  }

  #value(value: unknown, node: SchemaNode | undefined, was: unknown, opened: unknown): unknown {
    if (typeof value === 'string') return isEncryptedText(value) ? this.#open(value, node, opened) : value;
    if (Array.isArray(value)) return this.#list(value, node, was, opened);
    return isConfigMap(value) ? this.#map(value, node, was, opened) : value;
  }

  #open(text: string, node: SchemaNode | undefined, known: unknown): unknown {
    const level = (node?.kind === 'leaf' ? node.secret?.level : undefined) ?? 'encrypt';
    try {
      const secret = createSecret(this.#session.open(text, [...this.#scope], level, this.#tenant), 'text');
      return isSecureValue(known) && sameSettings(known, secret) ? this.#sameAs(known, secret) : secret;
    } catch (error) {
      if (!ConfigError.is(error)) throw error;
      const { code, message, recovery } = error;
      const said = message.split('\n', 1)[0] ?? '';
      this.issues.push({ code, path: [...this.#path], message: asPredicate(said), hint: recovery });
      return UNRESOLVED;
    }
  }

  /** The secret in use, if it is equal. */
  #sameAs(known: SecureValue<unknown>, secret: SecureValue<unknown>): SecureValue<unknown> {
    const [old, fresh] = [secretContent(known), secretContent(secret)];
    // Another level in the schema holds it in another way.
    if (old.kind !== fresh.kind) return secret;
    this.renewals.push(() => {
      if (old.kind === 'sealed' && fresh.kind === 'sealed') old.renew(fresh);
    });
    return known;
  }
}

/** What is inside a secret is kept as it is. */
function nodeBelow(node: SchemaNode | undefined, key: string): SchemaNode | undefined {
  return node?.kind === 'leaf' ? node : childNode(node, key);
}

/** The words of an error, after the path that an issue begins with. */
function asPredicate(sentence: string): string {
  return sentence.replace(/^An encrypted value /, 'holds an encrypted value that ').replace(/\.$/, '');
}

function childOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[])[Number(key)];
  return isConfigMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
