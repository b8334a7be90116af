// sections: how a class declares what it wants from the configuration. Decorators only write metadata on the class;
// nothing is registered anywhere else, and reflect-metadata is all they need.
//
//   @ConfigSection, @IsDuration, @Rule … -> metadata on the class -> fieldDeclarations(), ruleDeclarations() for binding
export * from './decorators.js';
export { deprecationText } from './deprecation.js';
export { readersOf } from './secure.js';
export type { SecureDeclaration } from './secure-declaration.js';
export {
  fieldDeclarations,
  ruleDeclarations,
  sectionDeclaration,
  sectionPathOfName,
  tenantAccess,
  type DeclaredType,
  type FieldDeclaration,
  type RuleDeclaration,
  type SectionDeclaration,
} from './section-metadata.js';
