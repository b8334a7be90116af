import { injectable } from 'inversify';
import { ConfigEvents, formatOrigin, type LeafChange } from 'uno-config';

/** Tells people at the terminal what happens to the settings. Values in events are safe to show: secrets are masked. */
@injectable()
export class ChangeJournal {
  readonly #events: ConfigEvents;

  public constructor(events: ConfigEvents) {
    this.#events = events;
  }

  /** Writes until the events are closed. */
  public start(write: (text: string) => void): void {
    let isRejected = false;
    this.#events.on('ConfigChanged', ({ generation, reason, sections, tenant }) => {
      isRejected = false;
      const changes = sections.flatMap((section) => section.changes);
      write(`\nGeneration ${String(generation)}${of(tenant)} (${reason})\n${changes.map(line).join('')}`);
    });
    this.#events.on('RestartRequired', ({ paths }) => {
      write(`\nRestart to take over: ${paths.join(', ')}\n`);
    });
    this.#events.on('ConfigReloadRejected', ({ generation, reason, error, tenant }) => {
      isRejected = true;
      write(`\nRejected (${reason}), generation ${String(generation)}${of(tenant)} stays. ${error.message}\n`);
    });
    this.#events.on('ConfigUnchanged', ({ generation }) => {
      if (isRejected) write(`\nThe mistake is undone, and generation ${String(generation)} is what the files say.\n`);
      isRejected = false;
    });
  }
}

/** Each tenant counts generations of its own. */
function of(tenant: string | undefined): string {
  return tenant === undefined ? '' : ` of ${tenant}`;
}

function line({ path, before, after, origin }: LeafChange): string {
  const place = origin === undefined ? '' : `  ${formatOrigin(origin)}`;
  return `  ${path}: ${textOf(before)} -> ${textOf(after)}${place}\n`;
}

function textOf(value: unknown): string {
  return value === undefined ? '(not set)' : JSON.stringify(value);
}
