import type { IssueCode } from './codes.js';
import type { ConfigPath } from './config-path.js';
import type { Inheritance } from './extends.js';
import type { SecretPlace, SecureValue } from './secrets/index.js';

/** What references can reach, and what the texts that hold them are. */
export interface ReferenceScope {
  /** What a reference names. */
  lookup(name: string): ReferenceTarget | ConfigIssueText;
  /** The declared path that a reference to an undeclared one most likely meant. */
  nearest(name: string): string | undefined;
  /** True for a group with declared keys, which may inherit from another one. */
  isGroup(path: ConfigPath): boolean;
  /** True for a field of text: a number that a reference brings there is written as it writes itself. */
  isText(path: ConfigPath): boolean;
  /** The variable's text; `undefined` when it is not set. */
  environment(name: string): string | undefined;
  /** The file's text as read before, hidden where it is a secret; an issue text when it could not be. */
  file(name: string, at: ConfigPath): string | SecureValue<unknown> | ConfigIssueText;
  /** True where a variable `NAME_FILE` names the file: its reference is no part of a secret. */
  isNamedFile(path: ConfigPath): boolean;
  /** False for a text whose source takes `${` literally. */
  isTemplate(path: ConfigPath): boolean;
  /** True where the value must not be shown; a text built from it must not be shown either. */
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
  /** For a group inside others that inherit: those, the nearest first; what they inherit lies below what it says. */
  readonly inherits?: readonly Inheritance[];
  /** A text nearer to the root, in place of the group in which the path would lie: it may bring one in. */
  readonly above?: { readonly path: ConfigPath; readonly value: string };
}

/** The message and way out of an issue whose place is added here. */
export interface ConfigIssueText {
  readonly code: IssueCode;
  readonly message: string;
  readonly hint?: string;
}
