import { describe, expect, it } from '@jest/globals';
import { maskCredentials } from '../../src/core/index.js';

describe('a text that seems to hold a secret', () => {
  it.each([
    'postgres://app:hunter2@db/orders',
    'Server=db;Password=hunter2',
    'https://example.test/?api_key=abc',
    '{"user":"a","clientSecret": "b"}',
    "{'token' : 'b'}",
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE',
    '${env:DB_PASSWORD:-hunter2}',
  ])('is one: %j', (text) => {
    expect(maskCredentials(text) !== text).toBe(true);
  });

  it.each(['', 'db.example.test', 'https://example.test/?page=1', '{"size": 3}', '${database.host}:5432', '10s'])(
    'is none: %j',
    (text) => {
      expect(maskCredentials(text) !== text).toBe(false);
    },
  );
});
