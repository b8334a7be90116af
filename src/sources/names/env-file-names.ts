import {
  type LoadContext,
  type SectionNode,
  type SelectedEnvironment,
  environmentKind,
  parseEnvironment,
} from '../../core/index.js';
import { kebabCase } from './key-words.js';

/** An environment file that may be there. */
export interface EnvFileName {
  readonly fileName: string;
  /** The section whose names may be shortened in it. */
  readonly section?: string;
}

/**
 * The environment files that apply, the later one winning. A section that is called like an environment, or `local`, has
 * no file of its own: what it would be called means something else.
 */
export function envFileNames(
  schema: SectionNode,
  selected: SelectedEnvironment & Pick<LoadContext, 'environments'>,
  withSections: boolean,
): readonly EnvFileName[] {
  const { environment, environments } = selected;
  const names: EnvFileName[] = [{ fileName: '.env' }, { fileName: `.env.${environment}` }];
  for (const section of withSections ? schema.keys.keys() : []) {
    if (section === 'local' || parseEnvironment(section, environments) !== undefined) continue;
    for (const spelling of new Set([kebabCase(section), section]))
      names.push({ fileName: `.env.${spelling}`, section });
  }
  // Tests give the same result on every machine, as with other tools that read these files.
  if (environmentKind(selected) === 'development') names.push({ fileName: '.env.local' });
  return names;
}
