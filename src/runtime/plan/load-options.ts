import {
  type Clock,
  type ConfigLogger,
  type ConfigMetricsPort,
  type ConfigSource,
  type ConfigTracerPort,
  type Environment,
  type EnvironmentSpelling,
  option,
  type OptionKinds,
  type SelectorName,
} from '../../core/index.js';
import type { ValidationGroups } from '../../binding/index.js';
import type { Duration } from '../../sections/index.js';
import type { CrossSectionRule } from './cross-section-rule.js';
import type { LastKnownGoodCache } from '../recovery/index.js';
import { SECRET_OPTIONS, type SecretOptions } from '../secrets/index.js';
import type { SectionInput } from './section-entry.js';

/** What becomes of keys that no settings class declares. */
export type UnknownKeyPolicy = 'error' | 'warn' | 'ignore';

/** What is loaded, from where, and how strictly. */
export interface LoadOptions {
  /** The settings classes to make, as declared or placed with `section(…)`. */
  readonly sections: readonly SectionInput[];
  /** Where values come from; the later one wins. */
  readonly sources: readonly ConfigSource[];
  /** Rules over several sections, made with `rule(…)`. */
  readonly rules?: readonly CrossSectionRule[];
  /**
   * The environments besides `development`, `test` and `production`, with what each is like: `{ staging: 'production' }`.
   * Files, secrets and selectors know one by its name; rules, `@RequiredIn` and what is stricter in production by its name
   * or by what it is like. Default: none.
   */
  readonly environments?: Readonly<Record<string, EnvironmentSpelling>>;
  /** The environment; default: `UNO_ENV`, `ENVIRONMENT`, `ENV`, `NODE_ENV`, then `development`. */
  readonly environment?: Environment;
  /** The region, such as `eu-west-1`; default: `UNO_REGION`, or what the platform calls it, such as `AWS_REGION`. */
  readonly region?: string;
  /** A part of the region, such as `eu-west-1a`; default: `UNO_ZONE`, or what the platform calls it. */
  readonly zone?: string;
  /** The deployment, such as `blue` or `green`; default: `UNO_DEPLOYMENT`. */
  readonly deployment?: string;
  /**
   * The cohort of this instance, whatever the percentages of `$cohorts` are, such as `canary`; `none` for none. Default:
   * `UNO_COHORT`, or by the percentages.
   */
  readonly cohort?: string;
  /**
   * Identifies this instance for its lifetime: percentages are drawn by it. Default: `UNO_INSTANCE`, or the platform's name
   * for it, such as `HOSTNAME`; then the name of the machine.
   */
  readonly instance?: string;
  /**
   * Values for the parameters that files declare with `$params`, where no other file imports and fills them: `{ replicas: 3 }`.
   * None by default.
   */
  readonly params?: Readonly<Record<string, string | number | boolean>>;
  /** Keys that no settings class declares: `error` (default), `warn` or `ignore`. */
  readonly unknownKeys?: UnknownKeyPolicy;
  /**
   * The sources serve other sections too, of another module for instance: only keys below the sections listed here are
   * checked. Default false: a key that belongs to no section is an unknown key.
   */
  readonly partial?: boolean;
  /**
   * Paths whose subtrees belong to other code and are ignored: `logging`, `vendor.acme`. `*` matches any characters in a
   * key, `**` any number of keys: `port*`, `*.annotations`.
   */
  readonly foreignKeys?: readonly string[];
  /** class-validator's validation groups. */
  readonly validation?: ValidationGroups;
  /** The longest a source may take; a duration with a unit, default `30s`. */
  readonly timeout?: string | Duration;
  /** Folders that `${file:…}` may read from; default: the working directory, the folder of the file with the reference, `/run/secrets` and `/var/run/secrets`. */
  readonly fileRoots?: readonly string[];
  /** The variables for `${env:…}` and for the selectors; default `process.env`, read at each load. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where sources that declare it with `withRecovery` keep their last answer; see `lastKnownGood`. */
  readonly lastKnownGood?: LastKnownGoodCache;
  /** How encrypted values are opened (a load that meets one without a keyring fails), who may use secrets, and where that is recorded. */
  readonly secrets?: SecretOptions | undefined;
  /** Gives up the load. */
  readonly signal?: AbortSignal;
  /** Where the library writes what it does; silent by default. */
  readonly logger?: ConfigLogger;
  /** Where the library counts and measures, such as `configMetrics()`; nowhere by default. */
  readonly metrics?: ConfigMetricsPort;
  /**
   * Where loads and reloads appear as spans, such as `await openTelemetryTracer()`, and the source of trace ids for the
   * audit of secrets; nowhere by default.
   */
  readonly tracer?: ConfigTracerPort | undefined;
  /** Time; the machine's own by default. */
  readonly clock?: Clock;
}

/** The load options that define the selectors. */
export type SelectorOptions = Pick<LoadOptions, 'environment' | 'environments' | 'env' | 'instance' | SelectorName>;

/** How the options of a load are read; {@link sectionEntries} and the environments have words of their own. */
export const LOAD_OPTIONS = {
  sections: option.required(option.kind('a list of one settings class or more', isNotEmpty)),
  sources: option.required(option.listOf(option.source)),
  rules: option.listOf(option.having('what rule(…) makes', 'check')),
  environment: option.anything,
  environments: option.anything,
  region: option.text,
  zone: option.text,
  deployment: option.text,
  cohort: option.text,
  instance: option.text,
  params: option.kind('values by name, each a string, a number or a boolean', areValues),
  unknownKeys: option.oneOf('error', 'warn', 'ignore'),
  partial: option.or(option.flag, false),
  foreignKeys: option.listOf(option.text),
  validation: option.map,
  timeout: option.or(option.positiveSpan, 30_000),
  fileRoots: option.listOf(option.path),
  env: option.variables,
  lastKnownGood: option.having('what lastKnownGood({ folder }) makes', 'save', 'load'),
  secrets: SECRET_OPTIONS,
  signal: option.signal,
  logger: option.logger,
  metrics: option.having('a metrics port with count() and record()', 'count', 'record'),
  tracer: option.having('a tracer with span()', 'span'),
  clock: option.clock,
} satisfies OptionKinds<LoadOptions>;

function areValues(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one));
}

function isNotEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

/**
 * What a source declares as a length of time, in milliseconds; `undefined` when it declares nothing.
 *
 * @throws TypeError naming the source by its place, and what it declares.
 */
export function spanOf(source: ConfigSource, index: number, name: 'poll' | 'timeout'): number | undefined {
  const declared = source[name];
  return declared === undefined ? undefined : option.positiveSpan.read(declared, `sources[${String(index)}].${name}`);
}

/** @throws TypeError naming the source by its place, and what it declares. */
export function checkSourceSpans(sources: readonly ConfigSource[]): void {
  sources.forEach((source, index) => {
    spanOf(source, index, 'poll');
    spanOf(source, index, 'timeout');
  });
}
