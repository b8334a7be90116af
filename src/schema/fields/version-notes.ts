import { type MigrationStep, type SectionClass, sectionDeclaration } from '../../sections/index.js';

/** What a version of a section changed, for people who have documents of before it. */
export interface VersionNotes {
  readonly version: number;
  /** One for each step: `hostname is host`. Never a value, which may be a secret. */
  readonly changes: readonly string[];
}

/** The versions of a section that changed something, the first one first. */
export function versionNotes(target: SectionClass): readonly VersionNotes[] {
  const { path = '', migrations = {} } = sectionDeclaration(target) ?? {};
  return Object.entries(migrations).map(([version, steps]) => ({
    version: Number(version),
    changes: typeof steps === 'function' ? ['its values are made anew'] : steps.map((step) => changeText(step, path)),
  }));
}

function changeText(step: MigrationStep, section: string): string {
  const at = (path: string): string => [section, path].filter((part) => part !== '').join('.');
  if ('rename' in step) return `${step.rename} is ${step.to}`;
  if ('move' in step) return `${step.move} moved to ${at(step.to)}`;
  if ('split' in step) return `${step.split} is split`;
  if ('join' in step) return `${step.join.join(', ')} are joined to ${step.to}`;
  if ('convert' in step) return `${step.convert} is written in another form`;
  if ('remove' in step) return `${step.remove} is not read any more`;
  return `${step.default} has another default`;
}
