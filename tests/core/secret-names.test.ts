import { describe, expect, it } from '@jest/globals';
import { isEncryptedText, looksSecret, MASK, maskUrlCredentials } from '../../src/core/index.js';

describe('looksSecret', () => {
  it.each([
    ...['password', 'passwd', 'dbPassword', 'PASSWORD_FILE', 'passphrase', 'passcode', 'secret', 'client-secret'],
    ...['token', 'accessToken', 'credential', 'credentials', 'apiKey', 'API_KEY', 'x-api-key', 'access_key'],
    ...['privateKey', 'signing-key', 'encryptionKey', 'master_key', 'connectionString', 'pwd', 'PWD', 'dsn', 'auth'],
    ...['authorization', 'cookie', 'sessionCookie', 'certKey', 'tlsCertKey'],
  ])('is true for %s', (key) => {
    expect(looksSecret(key)).toBe(true);
  });

  it.each([
    '',
    'host',
    'port',
    'key',
    'keyPrefix',
    'pwdx',
    'xpwd',
    'dsn2',
    'mydsn',
    'author',
    'authMode',
    'preauth',
    'passing',
    'compass',
  ])('is false for %j', (key) => {
    expect(looksSecret(key)).toBe(false);
  });

  it.each(['a'.repeat(50_000) + '!', 'pass'.repeat(50_000), 'passw'.repeat(50_000), '-_'.repeat(50_000)])(
    'answers at once for a hostile name',
    (key) => {
      expect(looksSecret(key)).toBe(false);
    },
  );
});

describe('maskUrlCredentials', () => {
  it.each([
    ['postgres://app:hunter2@db/x', 'postgres://[secure]@db/x'],
    ['postgres://app@db/x', 'postgres://[secure]@db/x'],
    ['https://:hunter2@db', 'https://[secure]@db'],
    ['amqp+tls://app:hunter2@a:1', 'amqp+tls://[secure]@a:1'],
    ['HTTPS://app:hunter2@db', 'HTTPS://[secure]@db'],
    ['cannot reach redis://:hunter2@db:6379 (timeout)', 'cannot reach redis://[secure]@db:6379 (timeout)'],
    ['a://u:p@h,b://v:q@i', 'a://[secure]@h,b://[secure]@i'],
    ['postgres://app:p@ss@w@db/x', 'postgres://[secure]@db/x'],
    [`postgres://app:${'p'.repeat(10_000)}@db/x`, 'postgres://[secure]@db/x'],
    ['postgres://app:hunter/2@db/x', 'postgres://[secure]@db/x'],
    ['cannot parse redis://:hun?t#er@2@db:6379 now', 'cannot parse redis://[secure]@db:6379 now'],
    ['https://api.example.com/x?user=a&access_token=hunter2', 'https://api.example.com/x?user=a&access_token=[secure]'],
    ['jdbc:sqlserver://db;user=app;password=hunter2;x=1', 'jdbc:sqlserver://db;user=app;password=[secure];x=1'],
    ['postgres://db/x?password=hunter2#a', 'postgres://db/x?password=[secure]#a'],
    ['https://a.blob.example.com/b?sv=1&sig=hunter2%3D', 'https://a.blob.example.com/b?sv=1&sig=[secure]'],
    ['https://s3.example.com/b?X-Amz-Signature=hunter2', 'https://s3.example.com/b?X-Amz-Signature=[secure]'],
  ])('hides those of %s', (text, masked) => {
    expect(maskUrlCredentials(text)).toBe(masked);
  });

  it.each([
    '',
    'no url, mail@example.com',
    'https://example.com/',
    'https://example.com/npm/@scope/name',
    'https://example.com?mail=a@b',
    'https://example.com#a@b',
    'https://example.com and a@b',
    'url="https://example.com" mail="a@b"',
    "url='https://example.com' mail='a@b'",
    '<https://example.com>a@b',
    'https://@b',
    'https://example.com:8443/npm/@scope/name',
    'mongodb://a:27017,b:27018/orders?mail=a@b',
    'http://[::1]:8080/npm/@scope/name',
    'https://example.com/x?page=2&design=flat&signed=1',
    'a?token=hunter2',
    'app:hunter2@db',
  ])('leaves %j alone', (text) => {
    expect(maskUrlCredentials(text)).toBe(text);
  });

  it.each([
    'a'.repeat(50_000) + '!',
    'a'.repeat(50_000) + '://',
    '://'.repeat(50_000),
    '://a'.repeat(50_000),
    `a://${'b'.repeat(1_000_000)}`,
    'http://' + 'a:'.repeat(50_000),
    '@' + '://a:b/'.repeat(50_000),
    '://' + '?a'.repeat(50_000),
    '://' + '?token&'.repeat(50_000),
  ])('answers at once for a hostile text', (text) => {
    expect(maskUrlCredentials(text)).toBe(text);
  });

  it('masks with the mask', () => {
    expect(MASK).toBe('[secure]');
  });
});

describe('isEncryptedText', () => {
  it.each(['{jwe}abc', '{cipher}abc', '{jwe}', '{cipher}'])('is true for %j', (text) => {
    expect(isEncryptedText(text)).toBe(true);
  });

  it.each(['', 'x', '{}', '{"jwe":1}', ' {jwe}abc', 'x{jwe}', 'x{cipher}', '{JWE}abc', 'jwe}', '{other}x'])(
    'is false for %j',
    (text) => {
      expect(isEncryptedText(text)).toBe(false);
    },
  );
});
