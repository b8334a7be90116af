// documents: the settings classes as a reference for people, and as an example of an environment file.
export { type DescribedSection, describedSections } from './described-settings.js';
export { envExampleText } from './env-example.js';
export { referenceText } from './reference.js';
