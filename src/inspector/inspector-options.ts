import { type Clock, type ConfigLogger, option, type OptionKinds, systemClock } from '../core/index.js';
import type { Flags } from '../flags/index.js';
import { type Credential, isCredential } from '../http/index.js';
import type { ReloadService } from '../runtime/index.js';
import type { TenantContainers } from '../tenants/index.js';

/** What `inspector` takes. Subpath: `uno-config/inspector`. */
export interface InspectorOptions {
  /** The settings to show. */
  readonly reloads: ReloadService;
  /**
   * The bearer token that viewers prove themselves with, of 16 characters or more: a function that gives it, or a
   * `SecureValue<string>`; asked for with each request. One of `token` and `authenticate` is needed.
   */
  readonly token?: Credential;
  /** The name of whoever holds a bearer token, by which access policies know them; nothing for a token of nobody. */
  readonly authenticate?: (token: string) => string | undefined | Promise<string | undefined>;
  /** The name by which access policies know whoever holds the `token`; default `inspector`. */
  readonly principal?: string;
  /** Where it is mounted; default `/inspector`. */
  readonly path?: string;
  /**
   * The names, with or without a port, under which other machines reach it: `ops.example.org`. Default: none, and only this
   * machine is served, without a proxy in between.
   */
  readonly hosts?: readonly string[];
  /** The flags to show, as `flagsIdentifier` gives them; none by default. */
  readonly flags?: Flags | readonly Flags[];
  /** The tenants to show; none by default. */
  readonly tenants?: TenantContainers;
  /** The folder or file of the audit log whose last events are shown; none by default. */
  readonly audit?: string;
  /** Whether edits that are not saved may be tried; default `true`. */
  readonly preview?: boolean;
  /** How many viewers are kept up with at a time; a whole number from 1 on, default 8. */
  readonly streams?: number;
  /** Where it is logged that nobody can be let in, and how often somebody was refused; silent by default. */
  readonly logger?: ConfigLogger;
  /** Time; the machine's own by default. */
  readonly clock?: Clock;
}

const TOKEN = option.kind('a function that gives the token, or a SecureValue', isCredential);

/** How they are read. */
export const OPTIONS = {
  reloads: option.required(option.having('the ReloadService of the container', 'reload', 'history')),
  token: TOKEN,
  authenticate: option.callback,
  principal: option.or(option.name, 'inspector'),
  path: option.or(option.name, '/inspector'),
  hosts: option.listOf(option.name),
  flags: option.either(option.list, option.having('what flagsIdentifier gives', 'list', 'explain')),
  tenants: option.having('the TenantContainers of the container', 'explain', 'health'),
  audit: option.path,
  preview: option.or(option.flag, true),
  streams: option.or(option.count(), 8),
  logger: option.logger,
  clock: option.or(option.clock, systemClock),
} satisfies OptionKinds<InspectorOptions>;
