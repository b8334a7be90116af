import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import type { SecureValue } from '../../../src/core/index.js';
import { ConfigSection, Secure } from '../../../src/sections/index.js';
import { generateKeyset, keyFile, Keyset, scopeHash } from '../../../src/security/index.js';
import { object } from '../../../src/sources/index.js';
import { defineTenants } from '../../../src/tenants/index.js';
import { folderWith, module, removeFolder, run } from '../fake-io.js';
import { memoryStore } from '../store/memory-store.js';

@ConfigSection('mail', {
  version: 2,
  migrations: {
    2: [
      { rename: 'hostname', to: 'host' },
      { rename: 'pass', to: 'password' },
    ],
  },
})
class MailSettings {
  @IsString() host = 'localhost';
  @Secure({ level: 'encrypt', optional: true }) password?: SecureValue<string>;
}

/** Whose name does not say that it is a secret. */
@ConfigSection('guest', { version: 2, migrations: { 2: [{ rename: 'says', to: 'word' }] } })
class GuestSettings {
  @Secure({ level: 'encrypt', optional: true }) word?: SecureValue<string>;
}

let folder: string;
beforeEach(async () => {
  folder = await folderWith({ 'uno.config.mjs': '' });
});
afterEach(() => removeFolder(folder));

describe('migrate of a store', () => {
  it('publishes its document in the current version as one release, and has nothing to do then', async () => {
    const memory = memoryStore();
    await memory.source.write({ mail: { hostname: 'a' } }, { expected: undefined });
    const program = module({ sections: [MailSettings], sources: [memory.source], environment: 'test' });
    const shown = await run(folder, ['migrate'], program);
    expect([shown.code, shown.error]).toEqual([0, '']);
    expect(shown.out).toContain('memory shop: 1 document of an earlier version\n');
    expect((await run(folder, ['migrate', '--check'], program)).code).toBe(1);
    const { code, out } = await run(folder, ['migrate', '--write', '--comment', 'host'], program);
    expect([code, out]).toEqual([0, expect.stringContaining('memory shop: published revision 2.\n')]);
    expect((await memory.source.store.read()).documents.get('')).toEqual({ mail: { $version: 2, host: 'a' } });
    expect(await memory.source.store.history(1)).toMatchObject([{ revision: 2, comment: 'host' }]);
    expect((await run(folder, ['migrate', '--check'], program)).code).toBe(0);
  });

  it('names the stores that there are, where another one is asked for', async () => {
    const { source } = memoryStore();
    const program = module({ sections: [MailSettings], sources: [source], environment: 'test' });
    const { code, error } = await run(folder, ['migrate', '--store', 'shop'], program);
    expect([code, error]).toEqual([
      2,
      'uno-config: uno.config.mjs has no store "shop".\nWrite --store with one of: "memory shop".\n',
    ]);
  });

  it('shows no secret under the name that it had', async () => {
    const memory = memoryStore();
    await memory.source.write({ guest: { says: 'hunter2' } }, { expected: undefined });
    const program = module({ sections: [GuestSettings], sources: [memory.source], environment: 'test' });
    const shown = await run(folder, ['migrate'], program);
    expect([shown.code, shown.error]).toEqual([0, '']);
    const data = await run(folder, ['migrate', '--json'], program);
    const pulled = await run(folder, ['pull'], program);
    for (const { out } of [shown, data, pulled]) {
      expect(out).toContain('says');
      expect(out).not.toContain('hunter2');
    }
    const pushed = await run(folder, ['push', 'guest.says=hunter3'], program);
    expect([pushed.out, pushed.error].join('')).not.toContain('hunter');
    expect(JSON.stringify((await memory.source.store.read()).documents.get(''))).not.toContain('hunter3');
  });

  it('encrypts the value of a tenant for its new path, for that tenant alone', async () => {
    const document = generateKeyset('orders');
    const keyset = Keyset.of(document);
    await writeFile(join(folder, 'keys.json'), document.toText(), { mode: 0o600 });
    const scope = { app: 'orders', tenant: 'acme', environment: 'test' };
    const token = keyset.encrypt(Buffer.from('hunter2'), scopeHash({ ...scope, path: 'mail.pass' }));
    const memory = memoryStore('many');
    await memory.source.store.publish(
      new Map([
        ['acme', { mail: { pass: token } }],
        ['other', { mail: { $version: 2, host: 'b' } }],
      ]),
      { expected: 0 },
    );
    const program = module({
      sections: [MailSettings],
      sources: [object({})],
      environment: 'test',
      tenants: defineTenants({ layers: memory.source }),
      secrets: { app: 'orders', keyring: keyFile(join(folder, 'keys.json')) },
    });
    const { code, error } = await run(folder, ['migrate', '--write', '--store', 'memory shop'], program);
    expect([code, error]).toEqual([0, '']);
    const { documents } = await memory.source.store.read();
    const { mail } = documents.get('acme') as { mail: { password: string } };
    const { bytes } = keyset.open(mail.password, [scopeHash({ ...scope, path: 'mail.password' })]);
    expect(bytes.toString()).toBe('hunter2');
    expect(documents.get('other')).toEqual({ mail: { $version: 2, host: 'b' } });
  });
});
