import type { TailLine } from '../security/index.js';
import { printable } from './change-text.js';
import type { TextOutput } from './command-io.js';
import { paint } from './paint.js';

export function auditEventText({ event, text }: TailLine, output: TextOutput): string {
  if (event === undefined) return `no event: ${printable(text.slice(0, 200))}\n`;
  const { seq, time, action, decision, path, level, actor, principal, tenant, rule, kid, traceId, count } = event;
  const denied = decision === 'deny' ? paint(output, 'red', 'deny') : decision;
  const parts = [
    time,
    `#${String(seq)}`,
    denied,
    named('', action),
    named('', path),
    named('', count?.toString()),
    named('by ', actor),
    named('for ', principal),
    named('tenant ', tenant),
    named('level ', level),
    named('rule ', rule),
    named('key ', kid),
    named('trace ', traceId),
  ];
  return `${parts.filter((part) => part !== undefined).join(' ')}\n`;
}

function named(name: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : `${name}${printable(value)}`;
}
