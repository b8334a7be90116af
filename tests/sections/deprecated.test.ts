import { describe, expect, it } from '@jest/globals';
import { Deprecated, deprecationText, Describe, fieldDeclarations } from '../../src/sections/index.js';

describe('@Deprecated', () => {
  it('declares since when, what to set instead, and until when, beside what other decorators say', () => {
    class Settings {
      @Deprecated({ since: '2.3', use: 'database.url', until: '3.0' }) @Describe('The host.') host = '';
      @Deprecated() port = 1;
    }
    expect(Object.fromEntries(fieldDeclarations(Settings))).toEqual({
      host: { description: 'The host.', deprecated: { since: '2.3', use: 'database.url', until: '3.0' } },
      port: { deprecated: {} },
    });
  });

  it('is worded with what it says', () => {
    expect(deprecationText({ since: '2.3', use: 'database.url', until: '3.0' })).toBe(
      'since 2.3; use database.url; it goes in 3.0',
    );
    expect(deprecationText({})).toBe('');
  });
});
