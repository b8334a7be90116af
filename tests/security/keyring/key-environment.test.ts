import { describe, expect, it } from '@jest/globals';
import { generateKeyset, keyEnvironment } from '../../../src/security/index.js';
import { caught } from '../../sources/caught.js';
import { context } from './keyrings.js';

const text = generateKeyset('orders').toText();

describe('keyEnvironment', () => {
  it.each([
    ['JSON', text],
    ['base64', Buffer.from(text).toString('base64')],
    ['base64 with a line end', `${Buffer.from(text).toString('base64')}\n`],
  ])('reads a keyset as %s', async (_, value) => {
    const keyring = keyEnvironment();
    const keyset = await keyring.load(context({ env: { UNO_KEYRING: value } }));
    expect(keyset.name).toBe('orders');
    expect(await keyring.load(context({ env: { UNO_KEYRING: value } }))).toBe(keyset);
  });

  it.each([{}, { ORDERS_KEYS: ' ' }])('says when the variable is not set: %j', async (env) => {
    expect(await caught(() => keyEnvironment('ORDERS_KEYS').load(context({ env })))).toMatchObject({
      code: 'keyring-unreadable',
      message:
        'The keys in ORDERS_KEYS could not be read: the variable is not set.\n' +
        'Set it to a keyset document, as JSON or as the base64 of it.',
    });
  });

  it('quotes nothing of a variable that holds something else', async () => {
    const error = await caught(() => keyEnvironment('ORDERS_KEYS').load(context({ env: { ORDERS_KEYS: 'hunter2' } })));
    expect(error.code).toBe('keyset-invalid');
    expect(error.message).toMatch(/^ORDERS_KEYS is not a valid keyset\.\n/);
    expect(error.message).not.toContain('hunter2');
  });
});
