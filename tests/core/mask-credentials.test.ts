import { describe, expect, it } from '@jest/globals';
import { maskCredentials } from '../../src/core/index.js';

describe('a text that seems to hold a secret', () => {
  it.each([
    'postgres://app:hunter2@db/orders',
    'app:hunter2@db:5432/orders',
    'cannot connect to app:hun@ter2@db.example.test',
    ':hunter2@cache:6379',
    'Server=db;Password=hunter2',
    'https://example.test/?api_key=abc',
    '{"user":"a","clientSecret": "b"}',
    "{'token' : 'b'}",
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE',
    '${env:DB_PASSWORD:-hunter2}',
  ])('is one: %j', (text) => {
    expect(maskCredentials(text) !== text).toBe(true);
  });

  it.each([
    '',
    'db.example.test',
    'https://example.test/?page=1',
    '{"size": 3}',
    '${database.host}:5432',
    '10s',
    'mailto:ops@example.test',
    'git@github.com:org/app.git',
    'npm:@scope/app@1.2',
  ])('is none: %j', (text) => {
    expect(maskCredentials(text) !== text).toBe(false);
  });

  it('keeps the host of credentials without a scheme, which says where to look', () => {
    expect(maskCredentials('cannot reach app:hunter2@db:5432/orders')).toBe('cannot reach [secure]@db:5432/orders');
  });
});
