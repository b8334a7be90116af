import type { ConfigOrigin } from '../core/index.js';
import { describeFully, shownText, type Description, type Generation } from '../runtime/index.js';
import { allSecrets } from './secrets-in-sight.js';

/**
 * The settings of a generation as a page reads them: what repeats is said once. Values are safe to show: `describe()` has
 * masked them, and left out what the viewer may not know of.
 */
export interface SettingRows {
  readonly generation: number;
  readonly places: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly SettingRow[];
}

/** Path, value as text, the indexes of its type and its place (-1 for none), line (0 for none), and what marks it. */
export type SettingRow = readonly [
  path: string,
  value: string,
  type: number,
  place: number,
  line: number,
  mark: SettingMark,
];

/** `secret`: masked; `restart`: another value waits for the next start; empty for neither. */
export type SettingMark = '' | 'secret' | 'restart';

/** @param fully without regard to the access policy: for the command line, which has the sources anyway */
export function settingRows(generation: Generation, fully = false): SettingRows {
  const described = fully ? describeFully(generation) : generation.describe();
  const secrets = new Set(allSecrets(generation).map(({ path }) => path));
  const [places, types] = [new Names(), new Names()];
  const rows = described.map((setting): SettingRow => {
    const { path, value, type, origin } = setting;
    return [
      path,
      shownText(value),
      types.index(type),
      origin === undefined ? -1 : places.index(placeOf(origin)),
      origin?.line ?? 0,
      markOf(setting, secrets),
    ];
  });
  return { generation: generation.number, places: places.all, types: types.all, rows };
}

function markOf({ path, afterRestart }: Description, secrets: ReadonlySet<string>): SettingMark {
  if (secrets.has(path)) return 'secret';
  return afterRestart === undefined ? '' : 'restart';
}

/** Without line and column, so that many settings share it. */
function placeOf({ source, kind, key, version }: ConfigOrigin): string {
  // Each variable is a place of its own.
  const within =
    kind === 'environment' || kind === 'env-file' || kind === 'command-line' ? `${key} (${source})` : source;
  return version === undefined ? within : `${within}, revision ${version}`;
}

/** Names, each with its index. */
export class Names {
  readonly #indexes = new Map<string, number>();

  public index(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    this.#indexes.set(name, this.#indexes.size);
    return this.#indexes.size - 1;
  }

  public get all(): readonly string[] {
    return [...this.#indexes.keys()];
  }
}
