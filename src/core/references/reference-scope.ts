import type { IssueCode } from '../codes.js';
import type { ConfigPath } from '../config-path.js';
import type { Inheritance } from './extends.js';
import type { SecretPlace, SecureValue } from '../secrets/index.js';

/** What references can reach, and what kind of strings hold them. */
export interface ReferenceScope {
  /** What a reference names. */
  lookup(name: string): ReferenceTarget | ConfigIssueText;
  /** The declared path that a reference to an undeclared one most likely meant. */
  nearest(name: string): string | undefined;
  /** True for a map with declared keys, which may inherit from another one. */
  isGroup(path: ConfigPath): boolean;
  /** True for a string field: a number that a reference brings there keeps its own spelling. */
  isText(path: ConfigPath): boolean;
  /** The environment variable's value; `undefined` when it is not set. */
  environment(name: string): string | undefined;
  /** The file's content as read before, hidden where it is a secret; an issue text when it could not be read. */
  file(name: string, at: ConfigPath): string | SecureValue<unknown> | ConfigIssueText;
  /** True where a variable `NAME_FILE` names the file: its reference is no part of a secret. */
  isNamedFile(path: ConfigPath): boolean;
  /** False for a string whose source takes `${` literally. */
  isTemplate(path: ConfigPath): boolean;
  /** True where the value must not be shown; a string built from it must not be shown either. */
  isSecret(path: ConfigPath): boolean;
  /** The secret that is declared at a path or around it; `undefined` where none is declared. */
  secretAt(path: ConfigPath): SecretPlace | undefined;
}

/** What is at a path, before its own references are resolved. */
export interface ReferenceTarget {
  /** In canonical spelling. */
  readonly path: ConfigPath;
  /** Defaults included. */
  readonly value: unknown;
  /** True for a value that is in use as it is, and not searched for references. */
  readonly isResolved?: boolean;
  /** What the value becomes once its references are resolved; it is not searched for references after that. */
  readonly finish?: (resolved: unknown) => unknown;
  /** For a map inside others that inherit: those, the nearest first; inherited values have lower precedence than its own. */
  readonly inherits?: readonly Inheritance[];
  /** A string nearer to the root, in place of the map that would contain the path: it may bring one in. */
  readonly above?: { readonly path: ConfigPath; readonly value: string };
}

/** The message and fix of an issue whose place is added here. */
export interface ConfigIssueText {
  readonly code: IssueCode;
  readonly message: string;
  readonly hint?: string;
}
