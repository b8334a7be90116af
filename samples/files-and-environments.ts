// Files, environments and variables: which value wins, where it comes from, and what a mistake looks like.
//
//   npm run sample -- files-and-environments
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsInt, IsString, Max, Min } from 'class-validator';
import { ConfigError, ConfigSection, configFolder, Duration, IsDuration, processEnv, RequiredIn } from 'uno-config';
import { loadSettings } from 'uno-config/standalone';

@ConfigSection('http')
class HttpSettings {
  @IsString() public readonly host: string = 'localhost';
  @IsInt() @Min(1) @Max(65535) public readonly port: number = 3000;
  @IsDuration() public readonly timeout: Duration = Duration.of('30s');
  // The default is for developers; production has to say it.
  @RequiredIn('production') @IsString() public readonly publicUrl: string = 'http://localhost:8080';
}

const files = {
  // For every environment.
  'app.yaml': 'http:\n  port: 8080\n',
  // Over it in production, and over that in one region. Keys that a file leaves out are as below it.
  'app.production.yaml': 'http:\n  host: 0.0.0.0\n  timeout: 10s\n  public-url: https://shop.example\n',
  'app.production.eu-west-1.yaml': 'http:\n  timeout: 15s\n',
};

// The later source wins: variables go before files.
async function load(environment: 'development' | 'production', env: Record<string, string> = {}): Promise<void> {
  const sources = [configFolder('config'), processEnv({ prefix: 'APP_', env })];
  const { host, port, timeout } = await loadSettings(HttpSettings, { sources, environment, env });
  const region = env['UNO_REGION'] ?? 'no region';
  console.log(`${environment}, ${region}: ${host}:${String(port)}, timeout ${timeout.toString()}`);
}

const folder = await mkdtemp(join(tmpdir(), 'uno-config-sample-'));
process.chdir(folder);
await mkdir('config');
for (const [name, text] of Object.entries(files)) await writeFile(join('config', name), text);

await load('development');
await load('production');
await load('production', { UNO_REGION: 'eu-west-1' });
await load('production', { UNO_REGION: 'eu-west-1', APP_HTTP__PORT: '9000' });

// Every mistake at once, each with its place.
await writeFile('config/app.production.yaml', 'http:\n  hots: 0.0.0.0\n  timeout: 10\n');
try {
  await load('production', { APP_HTTP__PORT: '80a' });
} catch (error) {
  if (!ConfigError.is(error)) throw error;
  console.log(`\n${error.message}`);
}
process.chdir(tmpdir());
await rm(folder, { recursive: true });

/* prints:
development, no region: localhost:8080, timeout 30s
production, no region: 0.0.0.0:8080, timeout 10s
production, eu-west-1: 0.0.0.0:8080, timeout 15s
production, eu-west-1: 0.0.0.0:9000, timeout 15s

4 settings are not valid (production):
  - http.port: must be an integer, got "80a"
    from APP_HTTP__PORT (environment)
    Write digits as in 1500 or 1_500, without blanks.
  - http.timeout: must be a duration with a unit, such as 500ms, 10s or 1h30m, got 10 (a number)
    from http.timeout (config/app.production.yaml:3:12)
    A unit is required after the number: ms, s, m, h, d or w.
  - http.publicUrl: must be set in production: its default does not count there
    Set http.publicUrl (config/app.production.yaml) or APP_HTTP__PUBLIC_URL (environment).
  - http.hots: is not a known key
    from http.hots (config/app.production.yaml:2:3)
    Did you mean http.host?
*/
