import {
  type ConfigPath,
  type ReferenceTarget,
  isConfigMap,
  isWithin,
  parsePath,
  UNRESOLVED,
  valueAt,
} from '../../core/index.js';
import {
  differing,
  sectionChanges,
  type GenerationFacts,
  type Pin,
  type RestartWish,
  isTainted,
  sectionSettings,
} from '../generation/index.js';
import { changedRestartFields, hasRestartFields } from './restart-fields.js';
import { sectionValue } from '../rows/index.js';

/** The fields with `@RestartRequired` that the sources want to have another value than the one in use. */
export function findPins(before: GenerationFacts, wanted: GenerationFacts): readonly Pin[] {
  const used = before.rows;
  const { plan } = wanted;
  return differing(before.instances, wanted.instances).flatMap((index) => {
    const [section, segment] = [plan.sections[index], plan.placed[index]];
    if (section === undefined || segment === undefined || !hasRestartFields(section.plan)) return [];
    const raw = sectionValue(used, segment, 'resolved');
    const start = segment.path;
    return changedRestartFields(section.plan, before.instances[index], wanted.instances[index], start).map((path) => ({
      path,
      section: index,
      value: valueAt(raw, path.slice(start.length)),
      isTainted: isTainted({ rows: used, plan }, path),
    }));
  });
}

/** What the sources want of the fields that keep their value. */
export function wishesOf(
  pins: readonly Pin[],
  before: GenerationFacts,
  wanted: GenerationFacts,
): readonly RestartWish[] {
  return [...new Set(pins.map(({ section }) => section))].flatMap((index) => {
    const section = wanted.plan.sections[index];
    if (section === undefined) return [];
    const settings = sectionSettings(section, wanted.instances[index]);
    return sectionChanges(before, wanted, index)
      .filter(({ path }) => pins.some((pin) => isWithin(parsePath(path), pin.path)))
      .map((change) => Object.freeze({ change, wanted: settings.get(change.path)?.value }));
  });
}

/** What stands at a path where some values are pinned. What stays of a group is put into what its references come to. */
export function pinnedTarget(target: ReferenceTarget, pins: readonly Pin[], defaults: unknown): ReferenceTarget {
  const { path } = target;
  const inUse = ({ value, path: at }: Pin): unknown => (value === undefined ? valueAt(defaults, at) : value);
  const around = pins.find((pin) => isWithin(path, pin.path));
  if (around !== undefined) {
    const value = valueAt(around.value, path.slice(around.path.length));
    return { path, value: value === undefined ? valueAt(defaults, path) : value, isResolved: true };
  }
  const own = pins.filter((pin) => isWithin(pin.path, path)).map((pin) => ({ ...pin, value: inUse(pin) }));
  if (own.length === 0) return target;
  const { finish = (value: unknown): unknown => value } = target;
  return { ...target, finish: (value) => (value === UNRESOLVED ? value : withPins(finish(value), path, own)) };
}

/** A value at a path with the pinned values below it. */
export function withPins(value: unknown, path: ConfigPath, pins: readonly Pin[]): unknown {
  return pins
    .filter((pin) => isWithin(pin.path, path))
    .reduce((tree, pin) => replaced(tree, pin.path.slice(path.length), pin.value), value);
}

/** Only maps lie on the way to a field. */
function replaced(node: unknown, [key, ...rest]: ConfigPath, value: unknown): unknown {
  if (key === undefined) return value;
  const map = isConfigMap(node) ? node : {};
  const next = replaced(Object.hasOwn(map, key) ? map[key] : undefined, rest, value);
  if (next !== undefined) return { ...map, [key]: next };
  return Object.fromEntries(Object.entries(map).filter(([other]) => other !== key));
}
