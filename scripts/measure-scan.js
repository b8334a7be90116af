// Holds the rules of "scan" against the rules of secretlint: every positive and negative case of each of them. Prints the
// table tests/cli/scan/public-rules.md, without a word of the cases themselves.
//   git clone https://github.com/secretlint/secretlint; npx tsc -p tsconfig.json; node scripts/measure-scan.js <clone>
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { scanText } from '../.build/src/cli/scan/scan-text.js';

const [, , repository] = process.argv;
if (repository === undefined) throw new TypeError('Name a clone of https://github.com/secretlint/secretlint.');

/** Why a verdict of ours is another one, and stays so. */
const DECIDED = new Map([
  ['aws ng.AWS Account ID', 'an account number is no secret'],
  ['aws ok.AWS Secret Access Key', 'the key says that its value is a secret, whatever its length'],
  ['azure ng.ad_tenant_id', 'the id of a tenant is no secret'],
  ['azure ng.azure_client_id', 'the id of a client is no secret'],
  [
    'basicauth ok.database-urls-not-detected',
    'a password of a database is one; there it is the matter of another rule',
  ],
  ['basicauth ok.false-positives-prevented', 'a short password is one'],
  ['gcp ng.privatekey-json', 'found, on the line of the key rather than that of the file'],
  ['gcp ng.privatekey-p12', 'a binary file is not looked into'],
  ['gcp ng.privatekey-p12-sha256-mac', 'a binary file is not looked into'],
  ['gcp ng.privatekey-p12-sha384-mac', 'a binary file is not looked into'],
  ['gcp ng.privatekey-p12-sha512-mac', 'a binary file is not looked into'],
  ['linear ng.secret', 'it says that it is an EXAMPLE'],
  ['secp256k1-privatekey ng.privkey', 'any SHA-256 in hexadecimal digits looks like it'],
  ['slack ng.IncomingWebhook', 'one of two is found; the other is crosses'],
]);

const git = (...words) => execFileSync('git', ['-C', repository, ...words], { maxBuffer: 1e8 }).toString('utf8');
// Rules about other things than secrets, settings of theirs, and cases that are about these settings.
const CASE =
  /^packages\/@secretlint\/secretlint-rule-(?!preset|example|filter|no-|pattern)([^/]+)\/test\/snapshots\/([^/]+)\/input[^/]*$/;
const rows = git('ls-tree', '-r', '-z', 'HEAD', '--name-only')
  .split('\0')
  .flatMap((path) => {
    const [, rule, name] = CASE.exec(path) ?? [];
    return rule === undefined || /allows|enableIDScanRule/.test(name) ? [] : [{ path, rule, name }];
  })
  .map(({ path, rule, name }) => {
    const { messages } = JSON.parse(git('show', `HEAD:${path.replace(/\/input[^/]*$/, '/output.json')}`));
    const theirs = new Set(messages.map(({ loc }) => loc.start.line));
    const ours = new Set(scanText(git('show', `HEAD:${path}`)).map(({ line }) => line));
    const agrees = theirs.size === 0 ? ours.size === 0 : [...theirs].every((line) => ours.has(line));
    return { rule, name, isPositive: theirs.size > 0, agrees };
  });

const count = (isPositive, agrees) =>
  rows.filter((row) => row.isPositive === isPositive && row.agrees === agrees).length;
const rules = [...new Set(rows.map(({ rule }) => rule))];
const shown = (list) => `${String(list.filter(({ agrees }) => agrees).length)} of ${String(list.length)}`;
const lines = [
  '# The rules of `scan` and those of secretlint',
  '',
  `Made by \`scripts/measure-scan.js\` with secretlint at ${git('rev-parse', 'HEAD').trim()}: every rule about secrets, with its`,
  'own cases. A positive case agrees when every line that secretlint names is named; a negative one when none is.',
  '',
  `${String(count(true, true))} of ${String(count(true, true) + count(true, false))} positive and ${String(count(false, true))} of ${String(count(false, true) + count(false, false))} negative cases agree.`,
  '',
  '| rule | positive | negative |',
  '| --- | --- | --- |',
  ...rules.map((rule) => {
    const own = rows.filter((row) => row.rule === rule);
    return `| ${rule} | ${shown(own.filter((row) => row.isPositive))} | ${shown(own.filter((row) => !row.isPositive))} |`;
  }),
  '',
  '| other verdict | why |',
  '| --- | --- |',
  ...rows
    .filter(({ agrees }) => !agrees)
    .map(({ rule, name }) => `| ${rule}: ${name} | ${DECIDED.get(`${rule} ${name}`) ?? 'open'} |`),
];
process.stdout.write(`${lines.join('\n')}\n`);
