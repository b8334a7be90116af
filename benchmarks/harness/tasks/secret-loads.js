// What happens inside a process that measures loads with secrets in them.
import { createDecipheriv, createSecretKey, randomBytes, createCipheriv } from 'node:crypto';
import { buildTree, describeSections } from '../content/sections.js';
import { declareSettingsClasses } from '../content/settings-classes.js';
import { importBuilt, importOurs } from '../packages.js';
import { timeLoops } from '../tight-loop.js';

const LEAVES = 1_000;
const SECRETS = 10_000;
/** Of the texts of a section, as many are secrets as in a service that has a lot of them. */
const SECRETS_PER_SECTION = 2;

/** Nanoseconds for a load of 1,000 leaves, two in every fifty of them masked secrets, and for the same without secrets. */
export async function timeMaskedLoad() {
  const { library, runtime, validators } = await imports();
  const load = (mask) => {
    const classes = declareSettingsClasses(describeSections({ leaves: LEAVES }), validators, {
      decorateClass(Settings, { name, fields }) {
        library.ConfigSection(name)(Settings);
        const texts = fields.filter(({ kind }) => kind === 'text').slice(0, SECRETS_PER_SECTION);
        if (mask) for (const { name } of texts) declareSecret(library, Settings, name);
      },
    });
    const text = JSON.stringify(buildTree({ leaves: LEAVES }));
    const sources = [{ load: () => JSON.parse(text) }];
    const options = { sections: classes, sources, env: {}, environment: 'test' };
    const plan = runtime.planLoad(options, false);
    return async () => (await runtime.loadGeneration(options, { plan })).number;
  };
  return timeLoops({ masked: repeated(load(true)), plain: repeated(load(false)) });
}

/** What a compiler makes of `@Secure() readonly name!: SecureValue<string>`. */
function declareSecret({ Secure, SecureValue }, Settings, name) {
  Reflect.defineMetadata('design:type', SecureValue, Settings.prototype, name);
  Secure()(Settings.prototype, name);
}

/** Nanoseconds to load 10,000 encrypted values, and to decrypt as many with Node's own cryptography. */
export async function timeOpening() {
  const { library, runtime } = await imports();
  class VaultSettings {}
  library.MapOf(() => String)(VaultSettings.prototype, 'values');
  library.Secure({ level: 'encrypt' })(VaultSettings.prototype, 'values');
  library.ConfigSection('vault')(VaultSettings);
  const { generateKeyset, Keyset, scopeHash } = await importBuilt('keys.js');
  const keyset = Keyset.of(generateKeyset('orders'));
  const keys = Array.from({ length: SECRETS }, (_, index) => `value${index}`);
  const value = Buffer.alloc(32, 'secret of 32 bytes ');
  const values = Object.fromEntries(
    keys.map((key) => {
      const cfg = scopeHash({ app: 'orders', environment: 'test', path: `vault.values.${key}` });
      return [key, keyset.encrypt(value, cfg)];
    }),
  );
  const options = {
    sections: [VaultSettings],
    sources: [{ load: () => ({ vault: { values } }) }],
    secrets: { keyring: { name: 'keyring', load: async () => keyset }, app: 'orders' },
    env: {},
    environment: 'test',
  };
  const plan = runtime.planLoad(options, false);
  const key = createSecretKey(randomBytes(32));
  const sealed = keys.map(() => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const ciphertext = Buffer.concat([cipher.update(value), cipher.final()]);
    return { nonce, ciphertext, tag: cipher.getAuthTag() };
  });
  const decryptAll = () => {
    let sum = 0;
    for (const { nonce, ciphertext, tag } of sealed) {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAuthTag(tag);
      sum += decipher.update(ciphertext).length + decipher.final().length;
    }
    return sum;
  };
  const loops = {
    ours: repeated(async () => (await runtime.loadGeneration(options, { plan })).number),
    node: repeated(async () => decryptAll()),
  };
  return timeSlowly(loops, 15);
}

/** Nanoseconds for one use of a sealed value, of an encrypted one and of a masked one. */
export async function timeUses() {
  const { library, runtime } = await imports();
  const { generateKeyset, Keyset, scopeHash } = await importBuilt('keys.js');
  const { accessPolicy } = await importBuilt('access.js');
  class VaultSettings {}
  library.Secure({ level: 'sealed' })(VaultSettings.prototype, 'sealed');
  library.Secure({ level: 'encrypt' })(VaultSettings.prototype, 'encrypted');
  library.Secure()(VaultSettings.prototype, 'masked');
  library.ConfigSection('vault')(VaultSettings);
  const keyset = Keyset.of(generateKeyset('orders'));
  const value = Buffer.alloc(32, 'secret of 32 bytes ');
  const at = (path) => scopeHash({ app: 'orders', environment: 'test', path });
  const vault = {
    sealed: keyset.seal(value, at('vault.sealed')),
    encrypted: keyset.encrypt(value, at('vault.encrypted')),
    masked: value.toString(),
  };
  const access = accessPolicy([{ effect: 'allow', paths: ['vault.*'], rights: ['use'] }]);
  const generation = await runtime.loadGeneration({
    sections: [VaultSettings],
    sources: [{ load: () => ({ vault }) }],
    secrets: { keyring: { name: 'keyring', load: async () => keyset }, app: 'orders', access },
    env: {},
    environment: 'test',
  });
  const [settings] = generation.instances;
  const use = (secret) => (turns) => {
    let sum = 0;
    for (let turn = 0; turn < turns; turn += 1) sum += secret.use((opened) => opened.length);
    return sum;
  };
  const accepted = [at('vault.sealed')];
  return timeLoops({
    sealed: use(settings.sealed),
    encrypted: use(settings.encrypted),
    masked: use(settings.masked),
    open: (turns) => {
      let sum = 0;
      for (let turn = 0; turn < turns; turn += 1) sum += keyset.open(vault.sealed, accepted).bytes.length;
      return sum;
    },
  });
}

async function imports() {
  await importOurs('reflect-metadata');
  const [library, validators] = await Promise.all([importOurs('uno-config'), importOurs('class-validator')]);
  const runtime = await importBuilt('runtime/index.js');
  return { library, runtime, validators };
}

function repeated(work) {
  return async (turns) => {
    let sum = 0;
    for (let turn = 0; turn < turns; turn += 1) sum += await work();
    return sum;
  };
}

/** For work that takes a good part of a second, in turns. */
async function timeSlowly(loops, rounds) {
  const samples = Object.fromEntries(Object.keys(loops).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, loop] of Object.entries(loops)) {
      const start = process.hrtime.bigint();
      await loop(1);
      if (round > 2) samples[name].push(Number(process.hrtime.bigint() - start));
    }
  }
  return Object.fromEntries(
    Object.entries(samples).map(([name, values]) => [name, values.sort((a, b) => a - b)[values.length >> 1]]),
  );
}
