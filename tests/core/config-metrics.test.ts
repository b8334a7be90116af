import { describe, expect, it } from '@jest/globals';
import { guardMetrics, type ConfigMetricsPort } from '../../src/core/index.js';

const NAME = 'config.section.reads';

describe('guarded metrics', () => {
  it('pass everything on', () => {
    const told: unknown[] = [];
    const metrics = guardMetrics({
      sectionReads: true,
      count: (...all) => void told.push(['count', ...all]),
      record: (...all) => void told.push(['record', ...all]),
      observe: (name, read, attributes) => {
        told.push(['observe', name, read(), attributes]);
        return () => void told.push(['stop']);
      },
    });
    metrics.count(NAME, 1, { a: 'b' });
    metrics.record(NAME, 2, { c: 'd' });
    metrics.observe('config.generation.age', () => 3, { e: 'f' })();
    expect(told).toEqual([
      ['count', NAME, 1, { a: 'b' }],
      ['record', NAME, 2, { c: 'd' }],
      ['observe', 'config.generation.age', 3, { e: 'f' }],
      ['stop'],
    ]);
    expect(metrics.sectionReads).toBe(true);
  });

  it('stop nobody when they throw', () => {
    const fail = (): never => {
      throw new Error('no room');
    };
    const failing: ConfigMetricsPort = { count: fail, record: fail, observe: fail };
    const stopping: ConfigMetricsPort = { count: fail, record: fail, observe: () => fail };
    for (const metrics of [failing, stopping].map(guardMetrics)) {
      expect(() => {
        metrics.count(NAME, 1, {});
        metrics.record(NAME, 1, {});
        metrics.observe(NAME, () => 1, {})();
      }).not.toThrow();
    }
  });

  it('are nobody’s where there are none, or what the port leaves out', () => {
    const silent: ConfigMetricsPort = { count: () => undefined, record: () => undefined };
    for (const metrics of [undefined, silent].map(guardMetrics)) {
      expect(() => {
        metrics.count(NAME, 1, {});
        metrics.record(NAME, 1, {});
        metrics.observe(NAME, () => 1, {})();
      }).not.toThrow();
      expect(metrics.sectionReads).toBe(false);
    }
  });
});
