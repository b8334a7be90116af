import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readArguments } from '../harness/arguments.js';

describe('readArguments', () => {
  it('runs everything with the peers when nothing is said', () => {
    assert.deepEqual(readArguments([]), {
      json: undefined,
      only: [],
      peers: true,
      beside: undefined,
      list: false,
      help: false,
    });
  });

  it('takes a file for the JSON and several ids', () => {
    const { json, only, peers } = readArguments(['load', '--json', 'out.json', 'read/field', '--no-peers']);
    assert.deepEqual({ json, only, peers }, { json: 'out.json', only: ['load', 'read/field'], peers: false });
  });

  it('refuses an option it does not know', () => {
    assert.throws(() => readArguments(['--jsn', 'x']), /Unknown option '--jsn'/);
  });
});
