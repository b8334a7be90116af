import { option, type OptionKinds } from '../../core/index.js';
import { compileChangePattern } from './change-pattern.js';
import { checkEventType, type ConfigEvent, type ConfigEventType } from './config-event.js';

/** What an iteration over events is to give. */
export interface StreamOptions<T extends ConfigEventType = ConfigEventType> {
  /** Ends the iteration at once and drops what waits. */
  readonly signal?: AbortSignal | undefined;
  /** Only events of these types; all when absent. */
  readonly types?: readonly T[] | undefined;
  /**
   * Of the `ConfigChanged` events only those that change a setting at a path of this pattern (written as for
   * `ConfigEvents.onPath`). Other events come only where `types` names them.
   */
  readonly path?: string | undefined;
  /** How many events may wait to be asked for; a whole number from 1 on, default that of the `ConfigEvents`. */
  readonly buffer?: number | undefined;
}

export const BUFFER = option.count();

export const STREAM_OPTIONS = {
  signal: option.signal,
  types: option.list,
  path: option.text,
  buffer: BUFFER,
} satisfies OptionKinds<StreamOptions>;

/**
 * A filter for the events that the options select.
 *
 * @throws TypeError naming an option that cannot be used.
 */
export function acceptedBy({ types, path }: StreamOptions): (event: ConfigEvent) => boolean {
  types?.forEach(checkEventType);
  if (path === undefined) return ({ type }) => types?.includes(type) ?? true;
  const matches = compileChangePattern(path);
  const wanted: readonly ConfigEventType[] = types ?? ['ConfigChanged'];
  return (event) => {
    if (!wanted.includes(event.type)) return false;
    return event.type !== 'ConfigChanged' || event.sections.some(({ changes }) => changes.some(matches));
  };
}
