import { describeSections } from '../content/sections.js';
import { declareZodSchema } from '../content/zod-schema.js';
import { openContext } from './nest-context.js';
import { parserOf, treeReader } from './read-tree.js';

/** @nestjs/config in an application context: a factory that reads the files and validates them with zod. */
export const nestjsConfig = {
  name: '@nestjs/config',
  kind: 'peer',
  validates: true,
  packages: ['@nestjs/common', '@nestjs/config', '@nestjs/core', 'reflect-metadata', 'rxjs', 'zod'],
  imports: ['reflect-metadata', '@nestjs/core', '@nestjs/common', '@nestjs/config', 'zod'],
  async prepare({ format }) {
    await import('reflect-metadata');
    const [{ ConfigModule, ConfigService }, { z }] = await Promise.all([import('@nestjs/config'), import('zod')]);
    return { ConfigModule, ConfigService, z, nest: await openContext(), parse: await parserOf(format) };
  },
  declare(content, { ConfigModule, ConfigService, z, nest, parse }) {
    const schema = declareZodSchema(content, describeSections(content), z);
    const readTree = treeReader(content, parse);
    const factory = async () => schema.parse(await readTree());
    return async () => {
      // Without its own look at the process's environment: the factory has applied what belongs to the content.
      const options = { isGlobal: true, ignoreEnvFile: true, validatePredefined: false, load: [factory] };
      const context = await nest.create(ConfigModule.forRoot(options));
      return context.get(ConfigService);
    };
  },
  reading: {
    holder: (set) => set,
    field: (path) => `o.get('${path.join('.')}')`,
  },
};
