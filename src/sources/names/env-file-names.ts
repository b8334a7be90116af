import type { Environment, SectionNode } from '../../core/index.js';
import { parseEnvironment } from '../plain/index.js';
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
  environment: Environment,
  withSections: boolean,
): readonly EnvFileName[] {
  const names: EnvFileName[] = [{ fileName: '.env' }, { fileName: `.env.${environment}` }];
  for (const section of withSections ? schema.keys.keys() : []) {
    if (section === 'local' || parseEnvironment(section) !== undefined) continue;
    for (const spelling of new Set([kebabCase(section), section]))
      names.push({ fileName: `.env.${spelling}`, section });
  }
  if (environment !== 'production') names.push({ fileName: '.env.local' });
  return names;
}
