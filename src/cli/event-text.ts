import { formatOrigin } from '../core/index.js';
import type { ConfigEvent, LeafChange } from '../runtime/index.js';
import { changeText, printable } from './change-text.js';
import type { TextOutput } from './command-io.js';
import { paint } from './paint.js';

export function eventText(event: ConfigEvent, output: TextOutput): string {
  const time = new Date(event.time).toISOString();
  const generation = `generation ${String(event.generation)}`;
  switch (event.type) {
    case 'ConfigChanged': {
      const changes = event.sections.flatMap((section) => section.changes);
      const head = `${time} ${paint(output, 'green', generation)}: ${printable(event.reason)}\n`;
      return head + changes.map((change) => changeText({ ...change, places: placesOf(change) }, output)).join('');
    }
    case 'ConfigReloadRejected': {
      const report = event.error.message.split('\n').map((line) => `  ${printable(line)}\n`);
      return `${time} ${paint(output, 'red', 'rejected')}, ${generation} stays: ${printable(event.reason)}\n${report.join('')}`;
    }
    case 'ConfigUnchanged':
      return `${time} ${paint(output, 'green', 'valid')}, ${generation} stays: ${printable(event.reason)}\n`;
    case 'RestartRequired':
      return `${time} restart required: ${event.paths.map(printable).join(', ')}\n`;
    case 'SourceStale':
      return `${time} ${paint(output, 'red', 'stale')}: ${printable(event.source)}; its last answer stays in use\n`;
    case 'SourceRecovered':
      return `${time} recovered: ${printable(event.source)}\n`;
  }
}

function placesOf({ kind, origin }: LeafChange): readonly string[] {
  if (origin === undefined) return [];
  return [`${kind === 'removed' ? 'it was' : 'from'} ${formatOrigin(origin)}`];
}
