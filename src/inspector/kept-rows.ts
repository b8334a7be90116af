import { parsePath } from '../core/index.js';
import { type Generation, sightIn } from '../runtime/index.js';
import { allSecrets } from './secrets-in-sight.js';
import { Names, type SettingRow, settingRows, type SettingRows } from './setting-rows.js';

/** What has become of settings that a viewer has already. */
export interface SettingChanges extends SettingRows {
  /** The generation that the rows are other ones than those of; absent where they are all there are. */
  readonly since?: number;
  /** The paths of rows that there are no more. */
  readonly gone?: readonly string[];
  /** The paths with another value. */
  readonly changed: readonly string[];
}

interface Kept {
  readonly generation: Generation;
  /** What is in sight: viewers with the same see the same rows. */
  readonly sight: string;
  readonly rows: SettingRows;
  /** By what a viewer has. */
  readonly changes: WeakMap<Kept, SettingChanges>;
}

/** Rows of several viewers and two generations. */
const MOST_KEPT = 16;

/** The rows of settings: made once for all viewers who see the same, while somebody follows. */
export class KeptRows {
  #kept: readonly Kept[] = [];

  /** @param isFollowed whether they are kept for the next one */
  public of(generation: Generation, isFollowed: boolean): SettingRows {
    return this.#at(generation, isFollowed).rows;
  }

  /** @param changed the paths with another value since then, as the viewer may see them */
  public since(
    number: number,
    generation: Generation,
    isFollowed: boolean,
    changed: () => readonly string[],
  ): SettingChanges {
    const now = this.#at(generation, isFollowed);
    const before = this.#kept.find((one) => one.generation.number === number && one.sight === sightOn(one.generation));
    if (before === undefined) return { ...now.rows, changed: changed() };
    const known = now.changes.get(before);
    if (known !== undefined) return known;
    const made = { ...changesBetween(before.rows, now.rows), changed: changed() };
    now.changes.set(before, made);
    return made;
  }

  public forget(): void {
    this.#kept = [];
  }

  #at(generation: Generation, isFollowed: boolean): Kept {
    const sight = sightOn(generation);
    const found = this.#kept.find((one) => one.generation === generation && one.sight === sight);
    if (found !== undefined) return found;
    const made = { generation, sight, rows: settingRows(generation), changes: new WeakMap<Kept, SettingChanges>() };
    if (!isFollowed) return made;
    const generations = new Set(this.#kept.map((one) => one.generation));
    const [, oldest] = [...generations].toReversed();
    const recent = generations.has(generation) ? this.#kept : this.#kept.filter((one) => one.generation !== oldest);
    this.#kept = [...recent, made].slice(-MOST_KEPT);
    return made;
  }
}

/** What the caller may know of and see of each secret; everything else is the same for all. */
function sightOn(generation: Generation): string {
  const sight = sightIn(generation);
  return allSecrets(generation)
    .map(({ path }) => {
      const keys = parsePath(path);
      return sight.lists(keys) ? (sight.shows(keys) ? 'v' : 'l') : '-';
    })
    .join('');
}

function changesBetween(before: SettingRows, after: SettingRows): Omit<SettingChanges, 'changed'> {
  const left = new Map(before.rows.map((row) => [row[0], row]));
  const [places, types] = [new Names(), new Names()];
  const rows = after.rows.flatMap((row): readonly SettingRow[] => {
    const [path, value, type, place, line, mark] = row;
    const old = left.get(path);
    left.delete(path);
    if (old !== undefined && textOf(old, before) === textOf(row, after)) return [];
    const at = after.places[place];
    return [[path, value, types.index(after.types[type] ?? ''), at === undefined ? -1 : places.index(at), line, mark]];
  });
  const { generation } = after;
  return { generation, since: before.generation, places: places.all, types: types.all, rows, gone: [...left.keys()] };
}

function textOf([, value, type, place, line, mark]: SettingRow, { types, places }: SettingRows): string {
  return [value, types[type], places[place], line, mark].join('\0');
}
