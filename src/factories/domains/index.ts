// domains: the settings of one part of the business, and how its entities are kept. Subpath: `uno-config/domains`.
//
//   sections + entities -> DomainModule -> sections of a ConfigModule, Domain (injected): strategy, onChange, reload
export { DomainModule, InjectDomain, type Domain, type DomainIdentifier, type DomainOptions } from './domain-module.js';
export * from './entity-settings.js';
