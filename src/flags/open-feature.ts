import type { FlagMetadata } from './defined-flags.js';
import type { FlagContext } from './engine.js';
import type { FlagValue } from './flag-value.js';
import type { Flags, FlagsState } from './flags.js';

/** What we ask of the emitter of an OpenFeature SDK. Subpath: `uno-config/flags`. */
export interface OpenFeatureEvents {
  // The SDK's names of events are an enum of its own.
  emit(event: never, details?: never): void;
}

/** What a flag comes to, as OpenFeature takes it. Subpath: `uno-config/flags`. */
export interface OpenFeatureResolution<T> {
  readonly value: T;
  readonly reason: string;
  readonly variant?: string;
  readonly flagMetadata: FlagMetadata;
}

/** A provider as OpenFeature's SDK for servers takes it. Subpath: `uno-config/flags`. */
export interface OpenFeatureProvider<Events extends OpenFeatureEvents> {
  readonly metadata: { readonly name: string };
  readonly runsOn: 'server';
  readonly events: Events;
  initialize(): Promise<void>;
  onClose(): Promise<void>;
  resolveBooleanEvaluation(key: string, fallback: boolean, context: object): Promise<OpenFeatureResolution<boolean>>;
  resolveStringEvaluation(key: string, fallback: string, context: object): Promise<OpenFeatureResolution<string>>;
  resolveNumberEvaluation(key: string, fallback: number, context: object): Promise<OpenFeatureResolution<number>>;
  resolveObjectEvaluation<T>(key: string, fallback: T, context: object): Promise<OpenFeatureResolution<T>>;
}

const STATE_EVENTS: Readonly<Record<FlagsState, string>> = {
  ready: 'PROVIDER_READY',
  stale: 'PROVIDER_STALE',
  error: 'PROVIDER_ERROR',
};

/**
 * The flags as a provider of OpenFeature, for code that asks through its client. What rules see is the context that
 * OpenFeature gives, over the one that the code runs in. It is stale, or has an error, when the sources of the definitions
 * have; and reports changes with their keys. Subpath: `uno-config/flags`.
 *
 * @param events `new OpenFeatureEventEmitter()` of `@openfeature/server-sdk`
 *
 * @example
 * ```ts
 * import { OpenFeature, OpenFeatureEventEmitter } from '@openfeature/server-sdk';
 *
 * async function useFlags(flags: Flags): Promise<boolean> {
 *   await OpenFeature.setProviderAndWait(openFeatureProvider(flags, new OpenFeatureEventEmitter()));
 *   return OpenFeature.getClient().getBooleanValue('new-checkout', false, { targetingKey: 'user 7' });
 * }
 * ```
 */
export function openFeatureProvider<Events extends OpenFeatureEvents>(
  flags: Flags,
  events: Events,
): OpenFeatureProvider<Events> {
  let ends: (() => void)[] = [];
  const emit = (event: string, details: object): void => {
    // The SDK's enum is made of these strings.
    events.emit(event as never, details as never);
  };
  const tell = (state: FlagsState): void => {
    emit(STATE_EVENTS[state], state === 'ready' ? {} : { message: MESSAGES[state] });
  };
  const resolution = <T>(key: string, fallback: T, context: object): OpenFeatureResolution<T> => {
    // OpenFeature's values are what flags have, and its context is an object of named values.
    const answer = flags.evaluate(key, fallback as FlagValue, context as FlagContext);
    const { value, reason, variant, errorCode, errorMessage, metadata } = answer;
    if (errorCode !== undefined) throw Object.assign(new Error(errorMessage ?? errorCode), { code: errorCode });
    // A flag's value has the type of the fallback.
    return { value: value as T, reason, flagMetadata: metadata, ...(variant !== undefined && { variant }) };
  };
  // What is thrown is a rejection.
  const resolve = async <T>(key: string, fallback: T, context: object): Promise<OpenFeatureResolution<T>> =>
    Promise.resolve(resolution(key, fallback, context));
  return {
    metadata: Object.freeze({ name: 'uno-config' }),
    runsOn: 'server',
    events,
    initialize: async () => {
      ends = [
        flags.onChange(({ keys }) => {
          emit('PROVIDER_CONFIGURATION_CHANGED', { flagsChanged: [...keys] });
        }),
        flags.onState(tell),
      ];
      // When this has resolved, the SDK says that the provider is ready.
      if (flags.state !== 'ready') setImmediate(tell, flags.state);
      return Promise.resolve();
    },
    onClose: async () => {
      for (const end of ends) end();
      ends = [];
      return Promise.resolve();
    },
    resolveBooleanEvaluation: resolve,
    resolveStringEvaluation: resolve,
    resolveNumberEvaluation: resolve,
    resolveObjectEvaluation: resolve,
  };
}

const MESSAGES = {
  stale: 'A source of the flags gives no answer that can be used; the last good one is in use.',
  error: 'A source of the flags has never answered, and is treated as empty.',
} as const;
