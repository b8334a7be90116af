import type { ConfigEvent, ConfigEventOf, ConfigEvents, ConfigEventType } from '../runtime/index.js';

/** The events that have been published since the recording began. */
export interface RecordedEvents extends Disposable {
  /** All of them, in their order. */
  readonly all: readonly ConfigEvent[];
  /** Those of one type. */
  of<Type extends ConfigEventType>(type: Type): readonly ConfigEventOf<Type>[];
  /** The first event of a type that `next` has not handed out before; waits for one where there is none. */
  next<Type extends ConfigEventType>(type: Type): Promise<ConfigEventOf<Type>>;
}

/**
 * Records what happens to the settings, for a test that expects it. Ends when it is disposed of, as by `using`. Subpath:
 * `uno-config/testing`.
 *
 * @example
 * ```ts
 * using events = recordEvents(container.get(ConfigEvents));
 * const changed = await events.next('ConfigChanged');
 * console.log(changed.sections.length, events.of('ConfigReloadRejected').length);
 * ```
 */
export function recordEvents(events: Pick<ConfigEvents, 'on'>): RecordedEvents {
  const all: ConfigEvent[] = [];
  const handedOut = new Set<ConfigEvent>();
  const waiting = new Set<() => void>();
  const stop = events.on((event: ConfigEvent) => {
    all.push(event);
    for (const look of [...waiting]) look();
  });
  const of = <Type extends ConfigEventType>(type: Type): readonly ConfigEventOf<Type>[] =>
    all.filter((event): event is ConfigEventOf<Type> => event.type === type);
  return Object.freeze({
    all,
    of,
    next: async <Type extends ConfigEventType>(type: Type) =>
      new Promise<ConfigEventOf<Type>>((resolve) => {
        const look = (): void => {
          const event = of(type).find((one) => !handedOut.has(one));
          if (event === undefined) return;
          waiting.delete(look);
          handedOut.add(event);
          resolve(event);
        };
        waiting.add(look);
        look();
      }),
    [Symbol.dispose]: stop,
  });
}
