import { describe, expect, it } from '@jest/globals';
import {
  holdsSecretKeys,
  isEncryptedText,
  looksSecret,
  looksSecretNumber,
  MASK,
  maskCredentials,
  maskUrlCredentials,
} from '../../src/core/index.js';

describe('looksSecret', () => {
  it.each([
    ...['password', 'passwd', 'dbPassword', 'PASSWORD_FILE', 'passphrase', 'passcode', 'secret', 'client-secret'],
    ...['token', 'accessToken', 'credential', 'credentials', 'apiKey', 'API_KEY', 'x-api-key', 'access_key'],
    ...['privateKey', 'signing-key', 'encryptionKey', 'master_key', 'connectionString', 'pwd', 'PWD', 'dsn', 'auth'],
    ...[
      'pass',
      'dbPass',
      'smtp_pass',
      'DB_PASS',
      'pass2',
      'userPin',
      'pin',
      'pinCode',
      'jwt',
      'jwtKey',
      'session-jwt',
      'salt',
    ],
    ...['passwordSalt', 'SALT', 'salt_value', 'pepper', 'otp', 'totp', 'wifiPsk', 'card.cvv', 'cvc'],
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
    ...['passenger', 'pinned', 'passThrough', 'bypass', 'pinMode', 'spin', 'saltLake', 'basalt', 'option'],
    ...['jwtAudience', 'cotp', 'peppermint', 'tokenizer', 'tokenisation', 'secretary'],
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

describe('looksSecretNumber', () => {
  it.each(['pin', 'userPin', 'PIN_CODE', 'otp', 'cvv2', 'passcode'])('is true for %s', (key) => {
    expect(looksSecretNumber(key)).toBe(true);
  });

  it.each(['maxTokens', 'passes', 'pinned', 'saltRounds', 'passwordLength', 'secretCount'])(
    'is false for %s',
    (key) => {
      expect(looksSecretNumber(key)).toBe(false);
    },
  );
});

describe('holdsSecretKeys', () => {
  it.each(['{"user":"a","pin":1234}', "[{'dbPass': 'x'}]", '{"password":"x"}'])('is true for %s', (text) => {
    expect(holdsSecretKeys(text)).toBe(true);
  });

  it.each(['{"passenger":1}', 'pin', '["pin"]', '{"a":"pin"}'])('is false for %s', (text) => {
    expect(holdsSecretKeys(text)).toBe(false);
  });
});

describe('maskCredentials', () => {
  const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${'a1B2'.repeat(10)}`;

  it.each([
    ['Bearer hunter2-hunter2', 'Bearer [secure]'],
    [`Bearer ${jwt}`, 'Bearer [secure]'],
    ['authorization: Basic YXBwOmh1bnRlcjI=', 'authorization: [secure] [secure]'],
    [`got ${jwt} instead`, 'got [secure] instead'],
    ['user=a;password=hunter2', 'user=a;password=[secure]'],
    ['host=db user=app password=hunter2 dbname=x', 'host=db user=app password=[secure] dbname=x'],
    ['Server=db;Pwd=hunter2;Encrypt=yes', 'Server=db;Pwd=[secure];Encrypt=yes'],
    ["user='a' password = 'hunter 2'", "user='a' password = [secure]"],
    ['apiKey: hunter2', 'apiKey: [secure]'],
    ['mysql -u root --password hunter2 -h db', 'mysql -u root --password [secure] -h db'],
    ["run --api-key 'hunter 2'", 'run --api-key [secure]'],
    [
      'AccountName=a;AccountKey=c2VjcmV0IGtleQ==;EndpointSuffix=x',
      'AccountName=a;AccountKey=[secure];EndpointSuffix=x',
    ],
    ['{a: {"token": "hunter2"}}', '{a: {"token": [secure]}}'],
    ['url=db:password=hunter2', 'url=db:password=[secure]'],
    ['${env:DB_PASSWORD:-hunter2}', '${env:DB_PASSWORD:[secure]}'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----', '[secure]'],
    ['-----BEGIN PRIVATE KEY----- MIIEow', '[secure]'],
    [`key AKIAIOSFODNN7EXAMPLE`, 'key [secure]'],
    [`ghp_${'a1'.repeat(18)}`, '[secure]'],
    [`sk_live_${'a1'.repeat(12)}`, '[secure]'],
    [`dapi${'a1'.repeat(16)}`, '[secure]'],
    ['postgres://app:hunter2@db/x?sslpassword=hunter3', 'postgres://[secure]@db/x?sslpassword=[secure]'],
  ])('hides those of %s', (text, masked) => {
    expect(maskCredentials(text)).toBe(masked);
  });

  it.each([
    '',
    '80a',
    'maybe',
    'Bearer authentication',
    'a=b;c=d',
    'page: 3',
    'localhost:5432',
    'the tokenizer: fast',
    'run --password --host db',
  ])('leaves %j alone', (text) => {
    expect(maskCredentials(text)).toBe(text);
  });

  it.each([
    'password='.repeat(20_000),
    '--password '.repeat(20_000),
    'a.'.repeat(50_000),
    `${'a'.repeat(60)}=`.repeat(2_000),
    'Bearer '.repeat(20_000),
    'eyJ'.repeat(50_000),
    '-----BEGIN '.repeat(10_000),
    '"'.repeat(100_000),
    'ops_eyJ'.repeat(20_000),
  ])('answers at once for a hostile text', (text) => {
    const before = process.cpuUsage();
    maskCredentials(text);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
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
