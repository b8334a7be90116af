import type { FlagExplanation } from '../../flags/index.js';
import type { AuditEvent } from '../../security/index.js';
import type { SettingChanges } from '../kept-rows.js';
import type { Overview, ReadModel, ShownPreview } from '../read-model.js';
import type { SettingRows } from '../setting-rows.js';
import type { ShownChange } from '../shown-change.js';
import type { ShownExplanation } from '../shown-explanation.js';
import type { Report } from '../static-report.js';

export type {
  AuditEvent,
  FlagExplanation,
  Overview,
  SettingChanges,
  SettingRows,
  ShownChange,
  ShownExplanation,
  ShownPreview,
};
export type ShownFlags = ReturnType<ReadModel['flags']>;
export type ShownTenants = ReturnType<ReadModel['tenants']>;

export interface Data {
  readonly isLive: boolean;
  overview(): Promise<Overview>;
  settings(): Promise<SettingRows>;
  /** What has become of the settings of an earlier generation. */
  changes(since: number): Promise<SettingChanges>;
  explain(path: string, tenant: string): Promise<ShownExplanation>;
  diff(before: number, after: number): Promise<readonly ShownChange[]>;
  flags(): Promise<ShownFlags>;
  flag(flags: string, key: string, context: object): Promise<FlagExplanation>;
  tenants(): Promise<ShownTenants>;
  audit(): Promise<readonly AuditEvent[]>;
  preview(edits: readonly object[], layer: string): Promise<ShownPreview>;
}

export class Refused extends Error {
  public readonly status: number;

  public constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Where the page was loaded from. */
const BASE = new URL('./api/', import.meta.url);

/** Asks the service, with the token in a header. */
export function liveData(token: string): Data {
  const ask = async <T>(name: string, body?: object): Promise<T> => {
    const answer = await fetch(new URL(name, BASE), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const data: unknown = await answer.json();
    if (!answer.ok) {
      const { message = 'The inspector failed to answer.' } =
        (data as { readonly error?: { message?: string } }).error ?? {};
      throw new Refused(answer.status, message);
    }
    // The service's own interface: both are of one version.
    return data as T;
  };
  const query = (parts: Record<string, string>): string => String(new URLSearchParams(parts));
  return {
    isLive: true,
    overview: async () => ask('overview'),
    settings: async () => ask('settings'),
    changes: async (since) => ask(`settings?${query({ since: String(since) })}`),
    explain: async (path, tenant) => ask(`explain?${query({ path, ...(tenant !== '' && { tenant }) })}`),
    diff: async (before, after) => ask(`diff?${query({ before: String(before), after: String(after) })}`),
    flags: async () => ask('flags'),
    flag: async (flags, key, context) => ask('flag', { flags, key, context }),
    tenants: async () => ask('tenants'),
    audit: async () => ask('audit'),
    preview: async (edits, layer) => ask('preview', { edits, ...(layer !== '' && { layer }) }),
  };
}

/** Reads a report that stands in the page. */
export function reportData(report: Report): Data {
  const absent = (): Promise<never> => Promise.reject(new Refused(404, 'A report holds only settings.'));
  return {
    isLive: false,
    overview: () => Promise.resolve(report.overview),
    settings: () => Promise.resolve(report.settings),
    changes: absent,
    explain: (path) => {
      const found = Object.hasOwn(report.explanations, path) ? report.explanations[path] : undefined;
      return found === undefined ? absent() : Promise.resolve(found);
    },
    diff: absent,
    flags: absent,
    flag: absent,
    tenants: absent,
    audit: absent,
    preview: absent,
  };
}

/** Calls back when it has connected and with each change, until the signal aborts; connects again, and calls back when it cannot. */
export async function follow(token: string, changed: (type: string) => void, signal: AbortSignal): Promise<void> {
  const isOver = (): boolean => signal.aborted;
  let wait = 1_000;
  while (!isOver()) {
    try {
      const answer = await fetch(new URL('events', BASE), { headers: { authorization: `Bearer ${token}` }, signal });
      if (answer.ok && answer.body !== null) {
        wait = 1_000;
        await readEvents(answer.body, changed);
      }
    } catch {
      // Away for a while; what was missed shows with the next answer.
    }
    if (!isOver()) changed('away');
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(30_000, wait * 2);
  }
}

async function readEvents(body: ReadableStream<Uint8Array>, changed: (type: string) => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    text += decoder.decode(step.value, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const [, data] = /^data: (.*)$/m.exec(event) ?? [];
      if (data === undefined) continue;
      const { type = 'hello' } = JSON.parse(data) as { readonly type?: string };
      changed(type);
    }
  }
}
