import type { Clock } from '../core/index.js';
import { Tally } from '../http/index.js';
import type { AuditEntry, AuditMode } from '../security/index.js';
import type { TargetPlace } from './request-target.js';
import type { ServedAnswer } from './served-applications.js';
import type { Caller } from './server-client.js';

/** Where it is recorded who read what: an `auditLog(…)`. */
export interface ServerAudit {
  record(entry: AuditEntry, mode?: AuditMode): Promise<void>;
}

const ACTOR = 'config server';

/** Records who has read what, and who was refused. */
export class ReadRecords {
  readonly #audit: ServerAudit | undefined;
  readonly #clock: Clock;
  /** By client; those of nobody under an empty name. */
  readonly #refused = new Map<string, Tally<TargetPlace>>();

  public constructor(audit: ServerAudit | undefined, clock: Clock) {
    this.#audit = audit;
    this.#clock = clock;
  }

  /** Waits until it is on record where secrets have been opened. */
  public async read({ name: principal }: Caller, place: TargetPlace, { opened }: ServedAnswer): Promise<void> {
    if (this.#audit === undefined) return;
    const entry = { decision: 'allow', actor: actorAt(place), principal } as const;
    if (opened.length === 0) await this.#audit.record({ ...entry, action: 'read-masked' }, 'best-effort');
    else await Promise.all(opened.map(async (secret) => this.#audit?.record({ ...entry, ...secret, action: 'use' })));
  }

  /** Whoever is refused again and again gets one entry a minute, with how often that was. */
  public refused(caller: Caller | undefined, place: TargetPlace): void {
    if (this.#audit === undefined) return;
    const name = caller?.name ?? '';
    const tally = this.#refused.get(name) ?? new Tally(this.#clock, this.#reportFor(caller));
    this.#refused.set(name, tally);
    tally.note(place);
  }

  /** Records what has been counted so far. */
  public close(): void {
    for (const tally of this.#refused.values()) tally.close();
  }

  #reportFor(caller: Caller | undefined): (count: number, first: TargetPlace | undefined) => void {
    return (count, first) => {
      const entry = { decision: 'deny', action: 'read-masked', principal: caller?.name } as const;
      const what = first === undefined ? { actor: ACTOR, count } : { actor: actorAt(first) };
      this.#audit?.record({ ...entry, ...what }, 'best-effort').catch(() => {
        // It is refused with or without a record; the audit log reports itself that it has failed.
      });
    };
  }
}

function actorAt({ application, profiles, label }: TargetPlace): string {
  return `${ACTOR}, ${[application, profiles.join(','), label ?? []].flat().join('/')}`;
}
