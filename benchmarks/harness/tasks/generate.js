// What happens inside a process that measures what is generated from settings classes.
import { startCpuClock } from '../cpu-clock.js';
import { importBuilt, importOurs } from '../packages.js';

/** CPU milliseconds of one generation for so many sections of 20 fields, in a process that has generated nothing yet. */
export async function timeGenerate(what, count) {
  await importOurs('reflect-metadata');
  const library = await importOurs('uno-config');
  const { IsInt, IsString, Max, Min } = await importOurs('class-validator');
  const { describedSections, referenceText, schemaOf } = await importBuilt('schema/index.js');
  const { planLoad } = await importBuilt('runtime/index.js');
  const sections = Array.from({ length: count }, (_, index) => {
    class Settings {}
    for (let at = 0; at < 10; at += 1) {
      for (const decorate of [library.Describe(`Number ${at}.`), IsInt(), Min(1), Max(65_535)])
        decorate(Settings.prototype, `maxConnections${at}`);
      for (const decorate of [library.Describe(`Text ${at}.`), IsString()])
        decorate(Settings.prototype, `hostName${at}`);
    }
    library.ConfigSection(`section${index}`)(Settings);
    return Settings;
  });
  const definition = { sections, sources: [] };
  const spent = startCpuClock();
  const plan = planLoad(definition, false);
  const text =
    what === 'schema'
      ? JSON.stringify(schemaOf(definition, plan))
      : referenceText(describedSections(plan, (path) => path.join('__')));
  const duration = spent();
  if (!text.includes('hostName9') || !text.includes(`section${count - 1}`)) throw new Error('something is missing');
  return duration;
}
