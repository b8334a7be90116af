import type { SectionPlan } from '../../binding/index.js';
import type { ConfigPath } from '../../core/index.js';
import type { LoadPlan, SectionEntry } from '../../runtime/index.js';

export interface SettingsPlace {
  readonly path: ConfigPath;
  /** The section that sits here, if one does. */
  readonly section: { readonly entry: SectionEntry; readonly plan: SectionPlan } | undefined;
  /** The places below that lead to further sections, by their keys. */
  readonly below: ReadonlyMap<string, SettingsPlace>;
}

/** The sections of a plan as a tree: the root first. */
export function settingsTree({ sections }: Pick<LoadPlan, 'sections'>): SettingsPlace {
  return placeAt([], sections);
}

function placeAt(path: ConfigPath, sections: LoadPlan['sections']): SettingsPlace {
  const keys = new Set(sections.flatMap(({ entry }) => entry.path[path.length] ?? []));
  const at = (key: string): LoadPlan['sections'] => sections.filter(({ entry }) => entry.path[path.length] === key);
  return {
    path,
    section: sections.find(({ entry }) => entry.path.length === path.length),
    below: new Map([...keys].map((key) => [key, placeAt([...path, key], at(key))])),
  };
}
