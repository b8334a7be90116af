import type { ConfigMap, SchemaNode } from '../../core/index.js';
import {
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
import { childNode, type Finding } from '../../binding/index.js';
import { mergedTree, type MergedTree } from '../merged-tree.js';
import type { SecretSession } from './secret-session.js';

/** What {@link openSecrets} needs besides the tree. */
export interface OpenRequest {
  readonly schema: SchemaNode;
  readonly session: SecretSession;
  /** False when no layer says that it holds anything encrypted. */
  readonly holdsSecrets: boolean;
  /** What was opened before. */
  readonly before?: { readonly merged: MergedTree; readonly opened: MergedTree } | undefined;
  /** True when that was under other keys: all is opened again. What has not changed is taken over otherwise. */
  readonly keysMoved: boolean;
}

/** A tree whose encrypted values are secrets. */
export interface OpenedTree {
  readonly tree: MergedTree;
  readonly issues: readonly Finding[];
  /**
   * Lets sealed values that say what they said before open with the keys of this load, so that nothing holds the older
   * ones. To be called once the load has succeeded: of one that fails nothing may be left.
   */
  renew(): void;
}

/** Opens what wins: the encrypted values of a merged tree. Shares what holds none with it. */
export function openSecrets(merged: MergedTree, request: OpenRequest): OpenedTree {
  const { schema, session, holdsSecrets, before, keysMoved } = request;
  if (!holdsSecrets) return { tree: merged, issues: [], renew: () => undefined };
  const walk = new SecretWalk(session, keysMoved);
  const opened = (tree: MergedTree): OpenedTree => ({ tree, issues: walk.issues, renew: walk.renew });
  if (before === undefined || keysMoved) {
    const [was, known] = [before?.merged, before?.opened].map((tree) => tree && Object.fromEntries(tree));
    return opened(mergedTree(walk.map(Object.fromEntries(merged), schema, was, known)));
  }
  const values = new Map<string, unknown>();
  for (const key of merged.differing(before.merged)) {
    const part: ConfigMap = { [key]: merged.get(key) };
    const [was, opened] = [{ [key]: before.merged.get(key) }, { [key]: before.opened.get(key) }];
    values.set(key, walk.map(part, schema, was, opened)[key]);
  }
  return opened(before.opened.with(values));
}

class SecretWalk {
  public readonly issues: Finding[] = [];
  readonly #session: SecretSession;
  /** The second one has no indexes: a value of a list may move in it. */
  readonly #path: string[] = [];
  readonly #scope: string[] = [];
  readonly #keysMoved: boolean;
  readonly #renewals: (() => void)[] = [];

  public constructor(session: SecretSession, keysMoved: boolean) {
    this.#session = session;
    this.#keysMoved = keysMoved;
  }

  public readonly renew = (): void => {
    for (const renewal of this.#renewals) renewal();
  };

  public map(map: ConfigMap, node: SchemaNode | undefined, was: unknown, opened: unknown): ConfigMap {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(map)) {
      const value = map[key];
      if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) continue;
      this.#scope.push(key);
      const after = this.#below(key, value, childNode(node, key), childOf(was, key), childOf(opened, key));
      this.#scope.pop();
      if (after !== value) (copy ??= { ...map })[key] = after;
    }
    return copy ?? map;
  }

  #list(list: readonly unknown[], node: SchemaNode | undefined, was: unknown, opened: unknown): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (const [index, value] of list.entries()) {
      const key = String(index);
      const after = this.#below(key, value, childNode(node, key), childOf(was, key), childOf(opened, key));
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
    return isConfigMap(value) ? this.map(value, node, was, opened) : value;
  }

  #open(text: string, node: SchemaNode | undefined, known: unknown): unknown {
    const level = (node?.kind === 'leaf' ? node.secret?.level : undefined) ?? 'encrypt';
    try {
      const secret = createSecret(this.#session.open(text, [...this.#scope], level), 'text');
      return isSecureValue(known) && sameSettings(known, secret) ? this.#sameAs(known, secret) : secret;
    } catch (error) {
      if (!ConfigError.is(error)) throw error;
      const { code, message, recovery } = error;
      const said = message.split('\n', 1)[0] ?? '';
      this.issues.push({ code, path: [...this.#path], message: asPredicate(said), hint: recovery });
      return UNRESOLVED;
    }
  }

  /** What is in use already, for what says the same. */
  #sameAs(known: SecureValue<unknown>, secret: SecureValue<unknown>): SecureValue<unknown> {
    const [old, fresh] = [secretContent(known), secretContent(secret)];
    // Another level in the schema holds it in another way.
    if (old.kind !== fresh.kind) return secret;
    this.#renewals.push(() => {
      if (old.kind === 'sealed' && fresh.kind === 'sealed') old.renew(fresh);
    });
    return known;
  }
}

/** The words of an error, after the path that an issue begins with. */
function asPredicate(sentence: string): string {
  return sentence.replace(/^An encrypted value /, 'holds an encrypted value that ').replace(/\.$/, '');
}

function childOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[])[Number(key)];
  return isConfigMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
