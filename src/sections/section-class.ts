/** A settings class: it can be made without arguments, and its initialisers are the defaults. */
export type SectionClass<T extends object = object> = new () => T;
