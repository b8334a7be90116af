import { isConfigMap } from '../../core/index.js';
import type { ConfigEvent, LeafChange } from './config-event.js';

/** Freezes an event and its data; what it only points to, such as a section's class or an error, stays as it is. */
export function freezeEvent<E extends ConfigEvent>(event: E): E {
  if (event.type === 'ConfigChanged') {
    for (const section of event.sections) {
      section.changes.forEach(freezeChange);
      Object.freeze(section.changes);
      Object.freeze(section);
    }
    Object.freeze(event.sections);
  } else if (event.type === 'RestartRequired') {
    Object.freeze(event.paths);
  }
  return Object.freeze(event);
}

function freezeChange(change: LeafChange): void {
  freezeShown(change.before);
  freezeShown(change.after);
  Object.freeze(change.origin);
  Object.freeze(change);
}

/** What is shown of a value is made of lists, maps and texts; it is a copy, not the value itself. */
function freezeShown(value: unknown): void {
  if (Array.isArray(value)) value.forEach(freezeShown);
  else if (isConfigMap(value)) Object.values(value).forEach(freezeShown);
  else return;
  Object.freeze(value);
}
