import type { SettingChanges } from '../kept-rows.js';
import type { SettingRow, SettingRows } from '../setting-rows.js';

/** The settings that a viewer has, with what has become of them; what is new comes last. */
export function mergeRows(before: SettingRows, changes: SettingChanges): SettingRows {
  // The service no longer knew what this viewer has, and sent everything.
  if (changes.since !== before.generation) return changes;
  const places = [...before.places, ...changes.places];
  const types = [...before.types, ...changes.types];
  const moved = new Map(
    changes.rows.map(([path, value, type, place, line, mark]): readonly [string, SettingRow] => {
      const at = place < 0 ? place : place + before.places.length;
      return [path, [path, value, type + before.types.length, at, line, mark]];
    }),
  );
  const gone = new Set(changes.gone);
  const kept = before.rows.filter(([path]) => !gone.has(path)).map((row) => moved.get(row[0]) ?? row);
  for (const [path] of before.rows) moved.delete(path);
  return compact({ generation: changes.generation, places, types, rows: [...kept, ...moved.values()] });
}

/** Each name once: those of many changes would pile up. */
function compact({ generation, places, types, rows }: SettingRows): SettingRows {
  const [allPlaces, allTypes] = [[...new Set(places)], [...new Set(types)]];
  const indexes = (names: readonly string[], all: readonly string[]): readonly number[] => {
    const byName = new Map(all.map((name, index) => [name, index]));
    return names.map((name) => byName.get(name) ?? -1);
  };
  const [placeOf, typeOf] = [indexes(places, allPlaces), indexes(types, allTypes)];
  return {
    generation,
    places: allPlaces,
    types: allTypes,
    rows: rows.map(([path, value, type, place, line, mark]): SettingRow => {
      return [path, value, typeOf[type] ?? -1, placeOf[place] ?? -1, line, mark];
    }),
  };
}
