import { resolve } from 'node:path';
import { systemClock } from '../core/index.js';
import { AuditTail, type TailLine } from '../security/index.js';
import { formats } from './common-options.js';
import {
  EXIT,
  type Command,
  type CommandArguments,
  type CommandIo,
  type ExitCode,
  type TextOutput,
} from './command.js';
import { unusable } from './usage-error.js';
import { wholeNumber } from './whole-number.js';
import { printable, paint } from './output-text.js';

const POLL_MS = 250;

export const auditTailCommand: Command = {
  name: 'audit tail',
  summary: 'print the last events of an audit log, and those that are added to it',
  words: ['log'],
  options: {
    number: { type: 'string', value: 'count', short: 'n', description: 'how many of the last events; default: 10' },
    follow: { type: 'boolean', short: 'f', description: 'go on with what is added, until Ctrl-C' },
    ...formats(['text', 'json'], 'default: text; json: the lines as they are in the log'),
  },
  exitCodes: ['0  done, or stopped', '2  the command line cannot be understood, or the log cannot be read'],
  run: tail,
};

async function tail(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const [log = ''] = args.words;
  const count = wholeNumber('--number', args.text('number') ?? '10', 0);
  const print = (lines: readonly TailLine[]): void => {
    for (const line of lines) io.out.write(args.flag('json') ? `${line.text}\n` : auditEventText(line, io.out));
  };
  try {
    const audit = await AuditTail.open(resolve(io.folder, log));
    print(await audit.last(count));
    if (args.flag('follow')) await follow(audit, io, print);
  } catch (error) {
    throw unusable(error);
  }
  return EXIT.ok;
}

async function follow(audit: AuditTail, io: CommandIo, print: (lines: readonly TailLine[]) => void): Promise<void> {
  const stopped = io.stopped().then(() => true);
  let goesOn = true;
  while (goesOn) {
    goesOn = !(await Promise.race([stopped, paused()]));
    // Once more when it is stopped, for what was added meanwhile.
    print(await audit.more());
  }
}

function paused(): Promise<boolean> {
  return new Promise((resume) => {
    systemClock.after(POLL_MS, () => {
      resume(false);
    });
  });
}

function auditEventText({ event, text }: TailLine, output: TextOutput): string {
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
