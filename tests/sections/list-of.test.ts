import { describe, expect, it } from '@jest/globals';
import { Duration, fieldDeclarations, ListOf } from '../../src/sections/index.js';

describe('@ListOf', () => {
  it('declares a list of the type, which may be declared further down', () => {
    const later = (): typeof NodeSettings => NodeSettings;
    const durations = (): typeof Duration => Duration;
    class Settings {
      @ListOf(later) nodes: readonly object[] = [];
      @ListOf(durations) delays: readonly Duration[] = [];
    }
    class NodeSettings {}
    expect(fieldDeclarations(Settings)).toEqual(
      new Map([
        ['nodes', { type: { kind: 'list', item: later } }],
        ['delays', { type: { kind: 'list', item: durations } }],
      ]),
    );
    expect(later()).toBe(NodeSettings);
  });
});
