import { describe, expect, it } from '@jest/globals';
import { scanText } from '../../../src/cli/scan/scan-text.js';
import { generateKeyset, publicKeyset } from '../../../src/security/index.js';
import { startCpuTime } from '../../cpu-time.js';
import { secrets, serviceTokens } from './secrets.js';

const rules = (text: string): readonly string[] => scanText(text).map(({ rule }) => rule);

describe('scanText', () => {
  it.each([
    ['private-key', secrets.privateKey],
    ['private-key', secrets.privateKey.replace('RSA', 'OPENSSH')],
    ['private-key', secrets.privateKey.replace('RSA ', '')],
    ['aws-access-key', secrets.awsAccessKey],
    ['github-token', secrets.githubToken],
    ['github-token', secrets.githubFineToken],
    ['gitlab-token', secrets.gitlabToken],
    ['slack-token', secrets.slackToken],
    ['slack-webhook', secrets.slackWebhook],
    ['stripe-key', secrets.stripeKey],
    ['npm-token', secrets.npmToken],
    ['google-api-key', secrets.googleApiKey],
    ['vault-token', secrets.vaultToken],
    ['jwt', secrets.jwt],
    ['url-credentials', `postgres://app:${secrets.password}@db.internal/orders`],
  ])('knows %s by its form, wherever it stands', (rule, secret) => {
    expect(rules(secret)).toEqual([rule]);
    expect(scanText(`a: 1\nb:\n  value: "${secret}" # note`)).toEqual([
      expect.objectContaining({ rule, line: 3, column: rule === 'url-credentials' ? 22 : 11 }),
    ]);
  });

  it.each(serviceTokens)('knows a token of %s by its form, wherever it stands, and only whole', (service, token) => {
    const found = { rule: 'service-token', what: `a token of ${service}` };
    expect(scanText(token)).toEqual([{ line: 1, column: 1, ...found }]);
    expect(scanText(`a: 1\nb:\n  value: "${token}" # note`)).toEqual([{ line: 3, column: 11, ...found }]);
    for (const other of [token.slice(0, 12), `x${token}`, `value: ${token}${'z'.repeat(400)}`])
      expect(scanText(other).filter(({ what }) => what === found.what)).toEqual([]);
  });

  it.each([
    ['a password that somebody chose', 'password: hunter2hunter2'],
    ['the password of a database', 'DB_PASSWORD=postgres1'],
    ['an assignment of Go', `clientSecret := "${secrets.password}"`],
    ['an arrow', `"api_key" => "${secrets.password}"`],
  ])('knows %s by its key', (_what, line) => {
    expect(rules(line)).toEqual(['secret-value']);
  });

  it('knows a private key by its header, unless its end follows with hardly anything between them', () => {
    const [header, end] = [secrets.privateKey, secrets.privateKey.replace('BEGIN', 'END')];
    const body = Array.from({ length: 20 }, () => secrets.password.repeat(4)).join('\n');
    expect(rules(`${header}\n${body}\n${end}`)).toEqual(['private-key']);
    expect(rules(`key: "${header}\\n${secrets.password.repeat(4)}\\n${end}"`)).toEqual(['private-key']);
    for (const nothing of ['...', 'xxx', '***', 'YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo='])
      for (const between of ['\n', '\\n']) expect(rules([header, nothing, end].join(between))).toEqual([]);
  });

  it.each([
    ['YAML', `  password: ${secrets.password}`, 13],
    ['a list item', `- apiKey: '${secrets.password}'`, 12],
    ['JSON', `{ "port": 1, "clientSecret": "${secrets.password}" }`, 31],
    ['TOML', `db.password = "${secrets.password}"`, 16],
    ['a variable', `export APP_DB__PASSWORD=${secrets.password}`, 25],
    ['properties', `spring.datasource.password=${secrets.password}`, 28],
  ])('knows a random value by the name of its key, in %s', (_format, line, column) => {
    expect(scanText(line)).toMatchObject([{ rule: 'secret-value', line: 1, column }]);
  });

  it('knows the keys of a keyring, and says nothing of its public half', () => {
    const document = generateKeyset('orders');
    const [encrypting = ''] = /(?<="k": ")[^"]+/.exec(document.toText()) ?? [];
    const found = { rule: 'private-key', what: 'the private part of a JSON Web Key' };
    expect(scanText(document.toText())).toEqual([expect.objectContaining(found), expect.objectContaining(found)]);
    expect(rules(`{'k': '${encrypting}'}`)).toEqual(['private-key']);
    expect(scanText(publicKeyset(document).toText())).toEqual([]);
  });

  it('knows a keyring in base64, as a variable holds it, and says nothing of its public half', () => {
    const document = generateKeyset('orders');
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const compact = JSON.stringify(JSON.parse(document.toText()));
    for (const text of [document.toText(), document.toText().replaceAll('\n', '\r\n'), compact]) {
      expect(scanText(`# keys\nUNO_KEYRING=${base64(text)}\nPORT=1`)).toEqual([
        { line: 2, column: 13, rule: 'private-key', what: 'the private part of a JSON Web Key, in base64' },
      ]);
    }
    expect(scanText(`UNO_KEYRING="${base64(compact)}"`)).toHaveLength(1);
    expect(scanText(`UNO_KEYRING=${base64(publicKeyset(document).toText())}`)).toEqual([]);
    expect(scanText(`LOGO=${base64(JSON.stringify({ k: 'short', more: 'x'.repeat(100) }))}`)).toEqual([]);
  });

  it('names the key and never the value', () => {
    const [place] = scanText(`password: ${secrets.password}`);
    expect(place).toEqual({ line: 1, column: 11, rule: 'secret-value', what: 'the value of "password"' });
    expect(JSON.stringify(scanText(Object.values(secrets).join('\n')))).not.toContain('x7Kq2');
  });

  it.each([
    ['a token of ours', `password: '{jwe}${secrets.jwt}..${secrets.password}'`],
    ['a value of Spring', `password: '{cipher}{name:orders}00112233445566778899aabbccddeeff5531be9ddfe3e0ad'`],
    ['a reference', 'password: ${vault:secret/data/orders#password}'],
    ['a reference inside a URL', 'url: postgres://app:${DB_PASSWORD}@db/orders'],
    ['a reference of a pipeline', 'token: ${{ secrets.DEPLOY_TOKEN_PRODUCTION }}'],
    ['a placeholder in brackets', 'password: <your-password-goes-here>'],
    ['a word that says what to do', 'password: change-me-before-use'],
    ['crosses', 'apiKey: xxxxxxxxxxxxxxxxxxxx'],
    ['asterisks', 'apiKey: "********************"'],
    ['a tag of YAML', 'password: !vault |'],
    ['an alias of YAML', 'password: *database-password-1'],
    ['a variable of a shell', 'PASSWORD=$DATABASE_PASSWORD_1'],
    ['an example of AWS', `accessKeyId: ${secrets.awsAccessKey.slice(0, 13)}EXAMPLE`],
    ['a stand-in in a URL', 'url: postgres://user:password@localhost/app'],
    ['a file', 'passwordFile: /run/secrets/db-password-1'],
    ['a path at a secret key', 'secret: /run/secrets/db-password-1'],
    ['an address', 'tokenUrl: https://login.example.com/oauth2/token'],
    ['a name', 'secretName: payment-credentials-v2'],
    ['a short value', 'password: hunter2'],
    ['a repetitive value', 'password: aaaaaaaabbbbbbbb'],
    ['a name that holds a secret word', 'tokenizer: cl100k_base_v2_x7Kq2mVb9'],
    ['a label', 'passwordLabel: Your-Pass-word-99'],
    ['a template', 'url: mysql://admin:REPLACE_WITH_PASSWORD@db/orders'],
    ['what a database is delivered with', 'url: postgres://postgres:postgres@localhost/orders'],
    ['an address of a database without a password', 'DB_CREDENTIALS_DSN: postgres://orders@db.internal/orders7'],
    ['what says that it is none', 'token: not_a_real_token'],
    ['another key', `checksum: ${secrets.password}`],
    ['a URL without credentials', 'url: https://db.internal:8200/v1@x'],
  ])('says nothing of %s', (_what, line) => {
    expect(scanText(line)).toEqual([]);
  });

  it('says nothing where the line, or a comment above it, allows the secret', () => {
    const line = `password: ${secrets.password}`;
    expect(rules(`${line} # uno-config: allow-secret`)).toEqual([]);
    expect(rules(`# uno-config: allow-secret (of the test database)\n${line}`)).toEqual([]);
    expect(rules(`// uno-config: allow-secret\n"password": "${secrets.password}"`)).toEqual([]);
  });

  it('does not let a comment allow more than one line, or a value allow the next', () => {
    const line = `password: ${secrets.password}`;
    expect(rules(`# uno-config: allow-secret\n${line}\n${line}`)).toEqual(['secret-value']);
    expect(rules(`note: "uno-config: allow-secret"\n${line}`)).toEqual(['secret-value']);
  });

  it('counts lines that end in any way', () => {
    const text = `a: 1\r\nb: 2\rc: 3\npassword: ${secrets.password}`;
    expect(scanText(text)).toMatchObject([{ line: 4, column: 11 }]);
  });

  // Each is a beginning of some form, again and again, and never its end.
  it.each([
    'a',
    '-',
    'a:',
    'a: ',
    'a:"',
    "a:'",
    'password:"',
    'password=x',
    'eyJ',
    'eyJ-',
    'eyJaaaaaaaaaaaa.',
    'a://',
    'a://b:',
    'a://b:c',
    '://',
    'AKIA',
    'ghp_',
    'github_pat_',
    'xoxb-',
    'sk_live_',
    '-----BEGIN ',
    'A ',
    '{jwe}',
    '{cipher}',
    '${',
    '${{',
    'https://hooks.slack.com/services/T',
    'hvs.',
    'AIza',
    '"k":"',
    '"k": "a',
    '\\"',
    '"\\',
    ' ',
    '@',
    'example',
    'sk-',
    'sk-aaaaaaaaaaaaaaaaaaaaT3BlbkFJ',
    'pypi-AgE',
    'ghs_1_eyJ-',
    'ghs_1_eyJaaaaaaaaaaa.eyJ-',
    'ops_eyJ-',
    '1234567890:AA',
    'abc8Q~',
    '0f',
    'SG.a',
    '-----BEGIN PRIVATE KEY-----',
  ])('takes time in proportion to the text, of %j without end', (beginning) => {
    const time = (length: number): number => {
      const text = beginning.repeat(Math.ceil(length / beginning.length));
      const spent = startCpuTime();
      scanText(text);
      return spent();
    };
    time(50_000);
    const [short, long] = [25_000, 100_000].map((length) => Math.min(time(length), time(length), time(length)));
    // Four times the text; what grows with the square would take sixteen times as long, and seconds.
    expect(long ?? 0).toBeLessThan(Math.max(10 * (short ?? 0), 250));
  });
});
