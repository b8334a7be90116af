import { describe, expect, it } from '@jest/globals';
import fc from '../../fast-check.js';
import type { AuditFinding } from '../../../src/security/index.js';
import { eventLine, readRecord } from '../../../src/security/audit/audit-record.js';
import type { AuditHead } from '../../../src/security/audit/audit-sink.js';
import { chainEvent, EMPTY_LOG } from '../../../src/security/audit/chain-event.js';
import { ChainCheck } from '../../../src/security/audit/chain-check.js';
import { rehashed } from './audit-folder.js';

const COUNT = 40;

/** The lines of a log, and where it ends. */
function someLines(count: number): { readonly lines: readonly string[]; readonly head: AuditHead } {
  const lines: string[] = [];
  let head = EMPTY_LOG;
  for (let at = 0; at < count; at++) {
    const event = chainEvent(
      head,
      { action: 'use', path: `keys[${String(at)}]`, actor: 'PaymentClient' },
      at,
      'node-1',
    );
    lines.push(eventLine(event).toString('utf8').trimEnd());
    head = event;
  }
  return { lines, head };
}

const { lines, head: end } = someLines(COUNT);

/** What is found in lines, when a checkpoint knows where the log ended. */
function findings(changed: readonly string[], head = end): readonly Partial<AuditFinding>[] {
  const found: Partial<AuditFinding>[] = [];
  const check = new ChainCheck(1, new Map([[head.seq, head.hash]]), ({ kind, index, seq, count, other }) => {
    found.push({ kind, index, seq, count, ...(other !== undefined && { other }) });
  });
  for (const [index, line] of changed.entries()) {
    check.push({ ...readRecord(Buffer.from(line, 'utf8')), index, file: 'audit.jsonl', line: index + 1 });
  }
  check.end('audit.jsonl');
  return found;
}

function without<T>(list: readonly T[], at: number, count = 1): T[] {
  return list.toSpliced(at, count);
}

describe('ChainCheck, with one change at a random place', () => {
  const place = fc.nat(COUNT - 1);

  it('finds an edit', () => {
    fc.assert(
      fc.property(place, fc.nat(1000), fc.integer({ min: 33, max: 126 }), (at, where, code) => {
        const line = lines[at] ?? '';
        const column = where % line.length;
        const edited = line.slice(0, column) + String.fromCharCode(code) + line.slice(column + 1);
        fc.pre(edited !== line);
        expect(findings(lines.with(at, edited))).toEqual([{ kind: 'edited', index: at, seq: at + 1, count: 1 }]);
      }),
    );
  });

  it('finds an edit by somebody who makes the hash anew', () => {
    fc.assert(
      fc.property(place, (at) => {
        const edited = rehashed(lines[at] ?? '', { actor: 'Nobody' });
        // Of the last event only a checkpoint knows that it was another one.
        const last = { kind: 'rewritten', index: 0, seq: 1, count: COUNT };
        expect(findings(lines.with(at, edited))).toEqual([
          at === COUNT - 1 ? last : { kind: 'edited', index: at, seq: at + 1, count: 1 },
        ]);
      }),
    );
  });

  it('finds an insertion: of a copy, of nonsense, of a forged event', () => {
    const made = fc.oneof(
      place.map((from) => () => lines[from] ?? ''),
      fc.constantFrom('', 'nonsense', '{}', '{"seq":5}', '\ufeff').map((text) => () => text),
      fc.constant((at: number) => rehashed(lines[at] ?? '', { actor: 'Nobody' })),
    );
    fc.assert(
      fc.property(place, made, (at, make) => {
        const line = make(at);
        const changed = lines.toSpliced(at, 0, line);
        const [found, ...more] = findings(changed);
        expect([found?.kind, found?.count, more]).toEqual(['inserted', 1, []]);
        // Which of two equal lines was the first, nobody can tell.
        expect(changed[found?.index ?? -1]).toBe(line);
        expect(without(changed, found?.index ?? -1)).toEqual(lines);
      }),
    );
  });

  it('finds a swap', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        fc.pre(a !== b);
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const changed = lines.with(first, lines[second] ?? '').with(second, lines[first] ?? '');
        expect(findings(changed)).toEqual([{ kind: 'swapped', index: first, seq: first + 1, count: 1, other: second }]);
      }),
    );
  });

  it('finds a deletion', () => {
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 10 }), (at, count) => {
        fc.pre(at + count < COUNT);
        expect(findings(without(lines, at, count))).toEqual([{ kind: 'deleted', index: at, seq: at + 1, count }]);
      }),
    );
  });

  it('finds a truncation', () => {
    fc.assert(
      fc.property(place, (at) => {
        expect(findings(lines.slice(0, at))).toEqual([
          { kind: 'truncated', index: at, seq: at + 1, count: COUNT - at },
        ]);
      }),
    );
  });
});
