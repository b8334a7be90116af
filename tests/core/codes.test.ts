// What TypeScript itself promises of codes: each error that is expected must be there, or the compiler stops at its line.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, type ConfigErrorCode, type IssueCode } from '../../src/core/index.js';

/** How a program tells errors apart. */
function wayOut(code: ConfigErrorCode): string {
  switch (code) {
    case 'source-unreachable':
    case 'source-refused':
      return 'wait';
    case 'acme:not-licensed':
      return 'pay';
    // @ts-expect-error a code with a typing error would never be met
    case 'source-unreachabel':
      return 'never';
    // @ts-expect-error a finding about one value is an issue, not an error
    case 'not-an-integer':
      return 'never';
    default:
      return 'stop';
  }
}

describe('codes', () => {
  it('are told apart in a switch that the compiler checks', () => {
    const mine = new ConfigError({ code: 'acme:not-licensed', category: 'source', message: 'No license.' });
    expect([mine.code, 'source-refused' as const, 'invalid-path' as const].map(wayOut)).toEqual([
      'pay',
      'wait',
      'stop',
    ]);
  });

  it('give an error its category, which it may name itself', () => {
    const message = 'No license.';
    const errors = [
      new ConfigError({ code: 'invalid-yaml', message }),
      new ConfigError({ code: 'acme:not-licensed', message }),
      new ConfigError({ code: 'acme:not-licensed', category: 'access', message }),
    ];
    expect(errors.map(({ category }) => category)).toEqual(['parse', 'source', 'access']);
  });

  it('of issues are those of values, and of the errors that another error names', () => {
    const codes: readonly IssueCode[] = ['not-an-integer', 'source-unreachable', 'acme:too-blue'];
    // @ts-expect-error an issue of ones own has a name and a colon in front
    const unnamed: IssueCode = 'too-blue';
    expect([codes.length, unnamed]).toEqual([3, 'too-blue']);
  });

  it('are those that the guide has headings for', async () => {
    const [types, guide] = await Promise.all(
      ['src/core/codes.ts', 'docs/guide/errors.md'].map(async (file) => readFile(file, 'utf8')),
    );
    const [codes = ''] = types?.split('export type ErrorCategory') ?? [];
    const declared = [...codes.matchAll(/^ {2}(?:\| )?'([a-z-]+)'/gm)].map(([, code]) => code);
    const headings = [...(guide ?? '').matchAll(/^#{2,3} `([a-z-]+)`$/gm)].map(([, code]) => code);
    expect(declared.toSorted()).toEqual(headings.toSorted());
    const index = [...(guide ?? '').matchAll(/\[`([a-z-]+)`\]\(#\1\)/g)].map(([, code]) => code);
    expect(headings.filter((code) => !index.includes(code))).toEqual([]);
  });
});
