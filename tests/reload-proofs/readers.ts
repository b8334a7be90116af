import { inject, injectable, type Container } from 'inversify';
import { monitorIdentifier } from '../../src/container/index.js';
import type { SectionMonitor } from '../../src/runtime/index.js';
import { East, North, South, TWINS, West, type Twin } from './twin-sections.js';

/** How many sections one look reads. */
export const SECTIONS_PER_LOOK = TWINS.length;

/** Looks at all sections in one go, without waiting between them. */
export type Look = () => readonly Twin[];

@injectable()
class Consumer {
  public readonly sections: readonly Twin[];

  public constructor(
    @inject(North) north: North,
    @inject(East) east: East,
    @inject(South) south: South,
    @inject(West) west: West,
  ) {
    this.sections = [north, east, south, west];
  }
}

/** The three ways in which a program reads: each asked for again at every look. */
export function looksOf(container: Container): Readonly<Record<string, Look>> {
  container.bind(Consumer).toSelf().inTransientScope();
  const monitors = TWINS.map((twin) => container.get<SectionMonitor<Twin>>(monitorIdentifier(twin)));
  return {
    'container.get': () => TWINS.map((twin) => container.get<Twin>(twin)),
    monitor: () => monitors.map(({ current }) => current),
    'constructor injection': () => container.get(Consumer).sections,
  };
}

/** Counts what one reader has seen. */
export class Reader {
  public reads = 0;
  /** Reads while a reload was under way. */
  public amid = 0;
  /** Looks that saw several generations, or half of a section, or an older generation than the look before. */
  public violations = 0;
  #newest = 0;
  readonly #look: Look;

  public constructor(look: Look) {
    this.#look = look;
  }

  public look(isReloading: boolean): void {
    const sections = this.#look();
    this.reads += sections.length;
    if (isReloading) this.amid += sections.length;
    const serial = sections[0]?.serial ?? Number.NaN;
    let sound = serial >= this.#newest;
    for (const twin of sections) sound &&= twin.serial === serial && twin.mirror === 0 - serial;
    if (sound) this.#newest = serial;
    else this.violations += 1;
  }
}
