// The module ships without declarations of its own. Its types are in transformer-storage.ts: declarations that we publish
// must not name a module that has none.
declare module 'class-transformer/cjs/storage.js' {
  // A module that is declared like this one cannot import a file by its relative name.
  // eslint-disable-next-line @typescript-eslint/consistent-type-imports
  export const defaultMetadataStorage: import('./transformer-metadata.js').TransformerStorage;
}

declare module '#class-transformer/storage' {
  export { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
}
