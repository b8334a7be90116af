import type { SelectedEnvironment } from './environment.js';

/** Which of several overlays apply. */
export interface Selectors extends SelectedEnvironment {
  /** Such as `eu-west-1`. */
  readonly region?: string;
  /** A part of the region, such as `eu-west-1a`. */
  readonly zone?: string;
  /** Such as `blue` or `green`. */
  readonly deployment?: string;
  /** The cohort of this instance, such as `canary`, whatever the percentages are; `none` for none. */
  readonly cohort?: string;
  /** Identifies this instance of the program: its place in percentages of instances depends on it. */
  readonly instance?: string;
}

/** What chooses among files besides the environment, from the most general to the most special. */
export const SELECTORS = ['region', 'zone', 'deployment', 'cohort'] as const satisfies (keyof Selectors)[];

/** One of {@link SELECTORS}. */
export type SelectorName = (typeof SELECTORS)[number];

/** What a layer is for, of what several overlays may be: `{ environment: 'production', region: 'eu-west-1' }`. */
export type ChosenBy = Readonly<Partial<Record<'environment' | SelectorName, string>>>;

/** Selectors without what is another one in every process: of what several of them share. */
export function sharedSelectors({ environment, like, ...others }: Selectors): Selectors {
  const chosen = SELECTORS.flatMap((name) => (others[name] === undefined ? [] : [[name, others[name]] as const]));
  return { environment, ...(like !== undefined && { like }), ...Object.fromEntries(chosen) };
}

export function isSameSelection(one: Selectors, other: Selectors): boolean {
  return one.environment === other.environment && SELECTORS.every((name) => one[name] === other[name]);
}

/** What is selected, in words: `production, eu-west-1`. */
export function selectorText(selectors: Selectors): string {
  const words = [selectors.environment, ...SELECTORS.map((name) => selectors[name])];
  return words.filter((word) => word !== undefined).join(', ');
}
