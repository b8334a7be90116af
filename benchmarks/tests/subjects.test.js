import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compare } from '../harness/compare.js';
import { writeContent, writeService } from '../harness/content/content.js';
import { plain } from '../harness/subjects/plain.js';
import { classValidator } from '../harness/subjects/class-validator.js';
import { checkSubject } from '../harness/tasks/check-subject.js';

const proof = {
  sound: await writeContent(50, 'json'),
  broken: await writeContent(50, 'json', { broken: true }),
};

describe('checkSubject', () => {
  it('accepts the floors', async () => {
    await checkSubject(plain, proof);
    await checkSubject(classValidator, proof);
  });

  it('accepts them with an overlay, variables and a root key as well', async () => {
    const service = {
      sound: await writeService(100, 'json', { oneRoot: true }),
      broken: await writeService(100, 'json', { oneRoot: true, broken: true }),
    };
    await checkSubject(plain, service);
    await checkSubject(classValidator, service);
  });

  it('finds out who claims to validate and does not', async () => {
    await assert.rejects(checkSubject({ ...plain, validates: true }, proof), {
      message: 'plain accepted a value that breaks a rule',
    });
  });

  it('finds out who reads something else', async () => {
    const declare = () => async () => ({ section000: { limit00: -1 } });
    await assert.rejects(checkSubject({ ...plain, declare }, proof), {
      message: 'plain read -1 at section000.limit00',
    });
  });
});

describe('compare', () => {
  it('divides our figure by everybody else’s', () => {
    assert.deepEqual(compare({ 'uno-config': 2, plain: 1, slow: 20 }), {
      median: 2,
      ratios: { plain: 2, slow: 0.1 },
      medians: { plain: 1, slow: 20 },
    });
  });

  it('makes no ratios without a figure of ours, and says why', () => {
    assert.deepEqual(compare({ plain: 1 }, { 'uno-config': 'no dist' }), {
      median: null,
      ratios: {},
      medians: { plain: 1 },
      error: 'uno-config: no dist',
    });
  });
});
