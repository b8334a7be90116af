import { describe, expect, it } from '@jest/globals';
import { seemsSecretText } from '../../../src/runtime/recovery/secret-text.js';

describe('seemsSecretText', () => {
  it.each([
    'postgres://app:hunter2@db/orders',
    'Server=db;Password=hunter2',
    'https://example.test/?api_key=abc',
    '{"user":"a","clientSecret": "b"}',
    "{'token' : 'b'}",
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE',
    '${env:DB_PASSWORD:-hunter2}',
  ])('is true for %j', (text) => {
    expect(seemsSecretText(text)).toBe(true);
  });

  it.each(['', 'db.example.test', 'https://example.test/?page=1', '{"size": 3}', '${database.host}:5432', '10s'])(
    'is false for %j',
    (text) => {
      expect(seemsSecretText(text)).toBe(false);
    },
  );
});
