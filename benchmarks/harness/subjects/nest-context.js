/** Imports Nest once; `create(module)` makes a fresh application context with that one module imported, silently. */
export async function openContext() {
  const [{ NestFactory }, { Module }] = await Promise.all([import('@nestjs/core'), import('@nestjs/common')]);
  return {
    create(imported) {
      class ApplicationModule {}
      Module({ imports: [imported] })(ApplicationModule);
      return NestFactory.createApplicationContext(ApplicationModule, { logger: false, abortOnError: false });
    },
  };
}
