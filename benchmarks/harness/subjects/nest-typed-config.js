import { createRequire } from 'node:module';
import { describeSections } from '../content/sections.js';
import { declareRootClass, declareSettingsClasses, nestedBy } from '../content/settings-classes.js';
import { openContext } from './nest-context.js';
import { parserOf, sectionsOf, treeReader } from './read-tree.js';

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
  async prepare({ format }) {
    await import('reflect-metadata');
    const { TypedConfigModule } = await import('nest-typed-config');
    const nest = await openContext();
    // Its own copies: decorators of another version would meet its validator.
    const require = createRequire(createRequire(import.meta.url).resolve('nest-typed-config'));
    const [validators, transformer] = [require('class-validator'), require('class-transformer')];
    return { TypedConfigModule, nest, validators, transformer, parse: await parserOf(format) };
  },
  declare(content, { TypedConfigModule, nest, validators, transformer, parse }) {
    const sections = describeSections(content);
    const decorateGroup = nestedBy(validators, transformer);
    const classes = declareSettingsClasses(sections, validators, { decorateGroup });
    const Root = declareRootClass(sections, classes, content.root, decorateGroup);
    const load = treeReader(content, parse);
    return async () => {
      const context = await nest.create(TypedConfigModule.forRootAsync({ schema: Root, load }));
      return context.get(Root);
    };
  },
  reading: {
    holder: (set, section, content) => sectionsOf(set, content)[section],
    field: (path, within) => `o.${within.join('.')}`,
  },
};
