/** The language that starter files are written in; `mjs` where a folder's `.js` files are CommonJS. */
export type StarterLanguage = 'ts' | 'js' | 'mjs';

/** What `uno-config init` writes: texts by their path below the folder. */
export function starterFiles(language: StarterLanguage): ReadonlyMap<string, string> {
  const imported = language === 'ts' ? 'js' : language;
  return new Map([
    [`uno.config.${language}`, definition(imported)],
    [`src/container.${language}`, container(language, imported)],
    [`src/settings/http-settings.${language}`, language === 'ts' ? TYPESCRIPT_CLASS : JAVASCRIPT_CLASS],
    ['config/app.yaml', BASE],
    ['config/app.production.yaml', PRODUCTION],
  ]);
}

function definition(extension: string): string {
  return `// Without Inversify, which the command line has no use for: it starts in half the time.
import { configFolder, defineConfig, processEnv } from 'uno-config/standalone';
import { HttpSettings } from './src/settings/http-settings.${extension}';

export default defineConfig({
  sections: [HttpSettings],
  // The later source wins: a variable such as APP_HTTP__PORT goes before the files.
  sources: [configFolder('config'), processEnv({ prefix: 'APP_' })],
});
`;
}

function container(language: StarterLanguage, extension: string): string {
  return `import { Container } from 'inversify';
import { ConfigModule, ConfigPlugin } from 'uno-config';
import definition from '../uno.config.${extension}';

export async function createContainer()${language === 'ts' ? ': Promise<Container>' : ''} {
  const container = new Container();
  // Explains a settings class that is not listed in the definition, or asked for before it is loaded.
  container.register(ConfigPlugin);
  await container.loadAsync(ConfigModule.fromOptions(definition));
  return container;
}
`;
}

const TYPESCRIPT_CLASS = `import { IsInt, IsString, Max, Min } from 'class-validator';
import { ConfigSection, Describe, Duration, IsDuration } from 'uno-config/sections';

@ConfigSection('http')
export class HttpSettings {
  @Describe('The address to listen on.')
  @IsString()
  host: string = 'localhost';

  @Describe('The port to listen on.')
  @IsInt()
  @Min(1)
  @Max(65535)
  port: number = 8080;

  @Describe('How long a request may take.')
  @IsDuration()
  timeout: Duration = Duration.of('30s');
}
`;

const JAVASCRIPT_CLASS = `import { IsInt, IsString, Max, Min } from 'class-validator';
import { ConfigSection, Describe, Duration, IsDuration } from 'uno-config/sections';

export class HttpSettings {
  host = 'localhost';
  port = 8080;
  timeout = Duration.of('30s');
}

// What decorators say in TypeScript.
ConfigSection('http')(HttpSettings);
describe('host', 'The address to listen on.', IsString());
describe('port', 'The port to listen on.', IsInt(), Min(1), Max(65535));
describe('timeout', 'How long a request may take.', IsDuration());

function describe(field, description, ...checks) {
  for (const decorate of [Describe(description), ...checks]) decorate(HttpSettings.prototype, field);
}
`;

const BASE = `# yaml-language-server: $schema=../config.schema.json
# The settings of every environment.
http:
  host: localhost
  port: 8080
`;

const PRODUCTION = `# yaml-language-server: $schema=../config.schema.json
# What is different in production; config/app.yaml holds the rest.
http:
  host: 0.0.0.0
  timeout: 10s
`;
