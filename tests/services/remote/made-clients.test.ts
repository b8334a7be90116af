// The clients of clouds that the sources make by themselves, from the vendors' packages as a program has installed them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authority, server as certificate } from '../../server/certificates.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CHILD = fileURLToPath(new URL('made-clients-child.js', import.meta.url));

let folder: string;
let server: Server;
let requests: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uno-clients-'));
  server = createServer(certificate, ({ method, url, headers }, response) => {
    requests.push(`${String(method)} ${String(url)} ${String(headers.authorization)}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

/** A program with the packages of some folders, linked into its own. */
async function outcomesWith(name: string, ...packages: readonly string[]): Promise<Readonly<Record<string, string>>> {
  requests = [];
  const program = join(folder, name);
  const modules = join(program, 'node_modules');
  const own = join(modules, 'uno-config');
  await mkdir(own, { recursive: true });
  await copyFile(join(ROOT, 'package.json'), join(own, 'package.json'));
  // What the test run has just compiled, where the packed package has it: dist may be old or not there.
  await symlink(join(ROOT, '.build/src'), join(own, 'dist'));
  for (const from of packages) {
    for (const each of await readdir(from)) {
      await symlink(join(from, each), join(modules, each)).catch(() => undefined);
    }
  }
  await writeFile(join(program, 'package.json'), '{"type":"module"}');
  await writeFile(join(program, 'ca.pem'), `${authority}\n`);
  await copyFile(CHILD, join(program, 'child.js'));
  // It listens on a port.
  const address = `https://localhost:${String((server.address() as AddressInfo).port)}`;
  const child = spawn(process.execPath, ['--preserve-symlinks', '--preserve-symlinks-main', 'child.js', address], {
    cwd: program,
    env: {
      PATH: process.env['PATH'],
      NODE_EXTRA_CA_CERTS: join(program, 'ca.pem'),
      AWS_ENDPOINT_URL: address,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'canary-secret-access-key',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      GOOGLE_APPLICATION_CREDENTIALS: join(program, 'none.json'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, problem] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '') throw new Error(problem);
  // What the child writes.
  return JSON.parse(output) as Readonly<Record<string, string>>;
}

describe('a client that a source makes by itself', () => {
  it('is one of the installed package, with the region, the endpoint and the credentials that it finds', async () => {
    const outcomes = await outcomesWith('with', join(ROOT, 'tests/services/node_modules'), join(ROOT, 'node_modules'));
    expect(outcomes).toEqual({
      awsParameters: expect.stringMatching(/^source-not-found: .* it holds nothing/),
      awsSecrets: expect.stringMatching(/^source-not-found: .* the secret has no value/),
      awsAppConfig: expect.stringMatching(/^source-not-found: .* it holds nothing/),
      azureAppConfiguration: expect.stringMatching(/^source-failed: .* it holds no such keys/),
      azureSecrets: expect.stringMatching(/^source-failed: /),
      gcpSecrets: expect.stringMatching(/^source-refused: .* there are no credentials/),
      gcpParameters: expect.stringMatching(/^source-refused: .* there are no credentials/),
    });
    const aws = (service: string): unknown =>
      expect.stringMatching(new RegExp(`Credential=AKIDEXAMPLE/\\d+/eu-west-1/${service}/aws4_request`));
    expect(requests).toEqual(
      expect.arrayContaining([
        aws('ssm'),
        aws('secretsmanager'),
        aws('appconfig'),
        expect.stringMatching(/^GET \/kv\?.*key=orders:\*.* Bearer canary-token$/),
        expect.stringMatching(/^GET \/secrets\/orders\//),
      ]),
    );
  });

  it('is missed by the name of its package where that is not installed', async () => {
    const outcomes = await outcomesWith('without', join(ROOT, 'node_modules'));
    const missing = (name: string): unknown =>
      expect.stringMatching(
        new RegExp(`^driver-not-installed: The package "${name}" is not installed\\. .*npm install ${name}`),
      );
    expect(outcomes).toEqual({
      awsParameters: missing('@aws-sdk/client-ssm'),
      awsSecrets: missing('@aws-sdk/client-secrets-manager'),
      awsAppConfig: missing('@aws-sdk/client-appconfigdata'),
      azureAppConfiguration: missing('@azure/app-configuration'),
      azureSecrets: missing('@azure/keyvault-secrets'),
      gcpSecrets: missing('@google-cloud/secret-manager'),
      gcpParameters: missing('@google-cloud/parametermanager'),
    });
    expect(requests).toEqual([]);
  });
});
