import { describe, expect, it } from '@jest/globals';
import { auditFile, auditLog, verifyAudit } from '../../../src/audit.js';

describe('the options of the audit log', () => {
  // As a caller without types may call them.
  it.each<[string, (options: never) => unknown, string, string]>([
    ['auditLog', auditLog, 'capcity', 'capacity'],
    ['auditFile', auditFile, 'foldr', 'folder'],
    ['verifyAudit', (options) => verifyAudit('audit', options), 'checkpointFile', 'checkpointFiles'],
  ])('of %s are refused where one is misspelt, or none is there', async (call, make, misspelt, meant) => {
    const given = async (options: unknown): Promise<unknown> => Promise.resolve(make(options as never));
    await expect(given({ [misspelt]: 1 })).rejects.toThrow(
      new TypeError(`${call}: ${misspelt} is not an option; did you mean ${meant}?`),
    );
    await expect(given('audit')).rejects.toThrow(
      new RegExp(`^${call}: the options must be an object of options, such as { `),
    );
  });
});
