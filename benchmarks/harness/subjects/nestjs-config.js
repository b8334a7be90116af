import { describeSections } from '../content/sections.js';
import { declareZodSchema } from '../content/zod-schema.js';
import { openContext } from './nest-context.js';
import { treeReader } from './read-tree.js';

/** @nestjs/config in an application context: a factory that reads the file and validates it with zod. */
export const nestjsConfig = {
  name: '@nestjs/config',
  kind: 'peer',
  validates: true,
  packages: ['@nestjs/common', '@nestjs/config', '@nestjs/core', 'reflect-metadata', 'rxjs', 'zod'],
  imports: ['reflect-metadata', '@nestjs/core', '@nestjs/common', '@nestjs/config', 'zod'],
  async declare(content) {
    await import('reflect-metadata');
    const [{ ConfigModule, ConfigService }, { z }] = await Promise.all([import('@nestjs/config'), import('zod')]);
    const nest = await openContext();
    const schema = declareZodSchema(describeSections(content.leaves), z);
    const readTree = await treeReader(content);
    const factory = async () => schema.parse(await readTree());
    return async () => {
      // Without the process's environment: it is not part of the content.
      const options = { isGlobal: true, ignoreEnvFile: true, validatePredefined: false, load: [factory] };
      const context = await nest.create(ConfigModule.forRoot(options));
      return context.get(ConfigService);
    };
  },
  reading: {
    holder: (set) => set,
    field: (section, field) => `o.get('${section}.${field}')`,
  },
};
