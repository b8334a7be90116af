import { createRequire } from 'node:module';
import { describeSections } from '../content/sections.js';
import { declareRootClass, declareSettingsClasses } from '../content/settings-classes.js';
import { openContext } from './nest-context.js';
import { treeReader } from './read-tree.js';

/** nest-typed-config in an application context, with class-validator: the peer whose promise is nearest to ours. */
export const nestTypedConfig = {
  name: 'nest-typed-config',
  kind: 'peer',
  validates: true,
  packages: ['@nestjs/common', '@nestjs/core', 'nest-typed-config', 'reflect-metadata', 'rxjs'],
  imports: [
    'reflect-metadata',
    '@nestjs/core',
    '@nestjs/common',
    'nest-typed-config',
    'class-validator',
    'class-transformer',
  ],
  async declare(content) {
    await import('reflect-metadata');
    const { TypedConfigModule } = await import('nest-typed-config');
    const nest = await openContext();
    // Its own copies: decorators of another version would meet its validator.
    const require = createRequire(createRequire(import.meta.url).resolve('nest-typed-config'));
    const validators = require('class-validator');
    const sections = describeSections(content.leaves);
    const classes = declareSettingsClasses(sections, validators);
    const Root = declareRootClass(sections, classes, validators, require('class-transformer'));
    const load = await treeReader(content);
    return async () => {
      const context = await nest.create(TypedConfigModule.forRootAsync({ schema: Root, load }));
      return context.get(Root);
    };
  },
  reading: {
    holder: (set, section) => Object.values(set)[section],
    field: (section, field) => `o.${field}`,
  },
};
