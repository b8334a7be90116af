import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import type { ComponentChildren, VNode } from 'preact';
import type {
  AuditEvent,
  Data,
  FlagExplanation,
  Overview,
  ShownChange,
  ShownFlags,
  ShownPreview,
  ShownTenants,
} from './data.js';

export interface ViewProps {
  readonly data: Data;
  readonly overview: Overview;
}

type Cell = string | number | VNode | undefined;

function Table({
  label,
  head,
  rows,
}: {
  readonly label: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}): VNode {
  if (rows.length === 0) return html`<p>None.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label}>
    <table>
      <thead>
        <tr>
          ${head.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** What an asked question comes to, or why it has no answer. */
function useAnswer<T>(
  ask: () => Promise<T>,
  inputs: readonly unknown[],
): { readonly answer?: T; readonly problem?: string } {
  const [state, setState] = useState<{ readonly answer?: T; readonly problem?: string }>({});
  useEffect(() => {
    let isCurrent = true;
    ask().then(
      (answer) => {
        if (isCurrent) setState({ answer });
      },
      (error: unknown) => {
        if (isCurrent) setState({ problem: messageOf(error) });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [...inputs]);
  return state;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The inspector failed to answer.';
}

function Problem({ text }: { readonly text: string | undefined }): VNode | null {
  return text === undefined || text === '' ? null : html`<p class="problem" role="alert">${text}</p>`;
}

function Field({
  label,
  id,
  children,
}: {
  readonly label: string;
  readonly id: string;
  readonly children: ComponentChildren;
}): VNode {
  return html`<div class="field"><label for=${id}>${label}</label>${children}</div>`;
}

const time = (at: number | string | undefined): string =>
  at === undefined ? '' : new Date(at).toISOString().replace('T', ' ').replace('.000Z', 'Z');

function Changes({ changes }: { readonly changes: readonly ShownChange[] }): VNode {
  return html`<${Table}
    label="Changed settings"
    head=${['setting', 'change', 'before', 'after', 'from']}
    rows=${changes.map(({ path, kind, before, after, from, scope }) => [
      scope === undefined ? path : `${path} (${scope})`,
      kind,
      html`<code>${before}</code>`,
      html`<code>${after}</code>`,
      from,
    ])}
  />`;
}

/** The generations that are kept, and what differs between two of them. */
export function Generations({ data, overview }: ViewProps): VNode {
  const { history } = overview;
  const last = history.at(-1)?.number ?? 0;
  const [pair, setPair] = useState<readonly [number, number]>([history.at(-2)?.number ?? last, last]);
  const { answer, problem } = useAnswer(async () => data.diff(...pair), [data, ...pair]);
  const choice = (at: 0 | 1, label: string): VNode =>
    html`<${Field} label=${label} id=${`generation-${String(at)}`}>
      <select
        id=${`generation-${String(at)}`}
        onChange=${(event: { readonly currentTarget: HTMLSelectElement }) => {
          const number = Number(event.currentTarget.value);
          setPair(at === 0 ? [number, pair[1]] : [pair[0], number]);
        }}
      >
        ${history.map(({ number }) => html`<option value=${number} selected=${number === pair[at]}>${number}</option>`)}
      </select>
    <//>`;
  return html`<h2>Timeline</h2>
    <ol class="timeline" reversed>
      ${history
        .toReversed()
        .map(
          ({ number, time: at, reason }) =>
            html`<li><b>${number}</b> <time>${time(at)}</time> ${reason || 'first load'}</li>`,
        )}
    </ol>
    <h2>Difference</h2>
    <div class="bar">${choice(0, 'From generation')}${choice(1, 'to')}</div>
    <${Problem} text=${problem} />
    ${answer !== undefined && html`<${Changes} changes=${answer} />`}`;
}

/** Sources, and what is made from the settings. */
export function Sources({ overview: { health } }: ViewProps): VNode {
  return html`<h2>Sources</h2>
    <${Table}
      label="Sources"
      head=${['source', 'status', 'since', 'age', 'revision', 'last error', 'attempts', 'next attempt']}
      rows=${health.sources.map(
        ({ source, status, since, age, revision, message, code, attempts, nextAttempt, problems = [] }) => [
          source,
          html`<span class=${`state ${status}`}>${status}</span>`,
          time(since),
          age === undefined ? '' : `${String(Math.round(age / 1000))} s`,
          revision,
          [code, message, ...problems].filter(Boolean).join(': '),
          attempts,
          time(nextAttempt),
        ],
      )}
    />
    <h2>Not in use</h2>
    <${Table}
      label="Settings of sources that are not in use"
      head=${['source', 'why']}
      rows=${health.wanted.map(({ source, why }) => [source, why])}
    />
    <h2>Participants</h2>
    <${Table}
      label="Participants"
      head=${['name', 'kind', 'made for generation', 'note']}
      rows=${health.participants.map(({ name, kind, generation, lags }) => [name, kind, generation, lags ? 'lags behind' : ''])}
    />
    <h2>Waiting for a restart</h2>
    <${Table}
      label="Settings that wait for a restart"
      head=${['setting', 'in use', 'after a restart']}
      rows=${health.restartRequired.map(({ path, before, after }) => [path, html`<code>${String(before)}</code>`, html`<code>${String(after)}</code>`])}
    />`;
}

/** Secrets by level and key; never a value. */
export function Secrets({ overview }: ViewProps): VNode {
  return html`<h2>Secrets</h2>
    <${Table}
      label="Secrets"
      head=${['setting', 'level', 'key', 'from']}
      rows=${overview.secrets.map(({ path, level, key, from }) => [path, level ?? 'hidden by its name', key ?? 'not encrypted', from])}
    />`;
}

/** Flags, and what one comes to in a context. */
export function FlagsView({ data, overview }: ViewProps): VNode {
  const { answer = [], problem } = useAnswer<ShownFlags>(async () => data.flags(), [data, overview]);
  const [chosen, setChosen] = useState('');
  const [context, setContext] = useState('{ "targetingKey": "ann" }');
  const [result, setResult] = useState<FlagExplanation>();
  const [failure, setFailure] = useState('');
  const all = answer.flatMap(({ name, rows }) => rows.map(({ key }) => JSON.stringify([name, key])));
  const selected = chosen === '' ? (all[0] ?? '') : chosen;
  const evaluate = async (): Promise<void> => {
    try {
      const [flags, key] = JSON.parse(selected) as [string, string];
      setResult(await data.flag(flags, key, JSON.parse(context) as object));
      setFailure('');
    } catch (error) {
      setFailure(error instanceof SyntaxError ? 'The context is no JSON.' : messageOf(error));
    }
  };
  return html`<${Problem} text=${problem} />
    ${answer.map(
      ({ name, state, rows }) =>
        html`<h2>${name} <span class=${`state ${state}`}>${state}</span></h2>
          <${Table}
            label=${`Flags of ${name}`}
            head=${['flag', 'kind', 'owner', 'expires', 'state', 'variants', 'default', 'forced', 'asked', 'findings']}
            rows=${rows.map((row) => [
              row.key,
              row.kind,
              row.owner,
              row.expires,
              row.state,
              Object.keys(row.variants).join(', '),
              row.defaultVariant,
              row.forced,
              row.asked,
              row.findings.join(', '),
            ])}
          />`,
    )}
    <h2>Playground</h2>
    <form
      onSubmit=${(event: Event) => {
        event.preventDefault();
        void evaluate();
      }}
    >
      <${Field} label="Flag" id="flag">
        <select
          id="flag"
          onChange=${(event: { readonly currentTarget: HTMLSelectElement }) => {
            setChosen(event.currentTarget.value);
          }}
        >
          ${all.map((id) => html`<option value=${id} selected=${id === selected}>${(JSON.parse(id) as string[])[1]}</option>`)}
        </select>
      <//>
      <${Field} label="Context, as JSON" id="context">
        <textarea
          id="context"
          rows="3"
          value=${context}
          onInput=${(event: { readonly currentTarget: HTMLTextAreaElement }) => {
            setContext(event.currentTarget.value);
          }}
        ></textarea>
      <//>
      <button type="submit">Evaluate</button>
    </form>
    <${Problem} text=${failure} />
    ${
      result !== undefined &&
      html`<section aria-label="Evaluation" role="status">
        <p>
          <b>${result.key}</b> is
          <code>${JSON.stringify(result.value)}</code>${result.variant !== undefined && ` (variant ${result.variant})`}:
          ${result.reason}
        </p>
        <ol>
          ${result.steps.map(({ at, says, decides }) => html`<li class=${decides ? 'decides' : ''}><code>${at}</code> ${says}</li>`)}
        </ol>
      </section>`
    }`;
}

/** Tenants, those with a problem first; one of them can be looked at. */
export function Tenants({
  data,
  overview,
  tenant,
  choose,
}: ViewProps & { readonly tenant: string; readonly choose: (tenant: string) => void }): VNode {
  const { answer, problem } = useAnswer<ShownTenants>(async () => data.tenants(), [data, overview]);
  return html`<${Problem} text=${problem} /> ${
      answer !== undefined &&
      html`<h2>Tenants</h2>
        <p>
          ${Object.entries(answer.counts)
            .map(([name, count]) => `${name}: ${String(count)}`)
            .join(', ')}
        </p>
        ${answer.problems.map((text) => html`<p class="problem">${text}</p>`)}
        <${Table}
          label="Tenants"
          head=${['tenant', 'state', 'problem', 'explain as']}
          rows=${answer.tenants.map(({ id, state, message }) => [
            id,
            html`<span class=${`state ${state}`}>${state}</span>`,
            message,
            html`<button
              type="button"
              aria-pressed=${String(tenant === id)}
              aria-label=${`${tenant === id ? 'chosen' : 'choose'} ${id}`}
              onClick=${() => {
                choose(tenant === id ? '' : id);
              }}
            >
              ${tenant === id ? 'chosen' : 'choose'}
            </button>`,
          ])}
        />`
    }`;
}

/** The last events of the audit log, newest first. */
export function Audit({ data, overview }: ViewProps): VNode {
  const { answer, problem } = useAnswer<readonly AuditEvent[]>(async () => data.audit(), [data, overview]);
  return html`<h2>Audit</h2>
    <${Problem} text=${problem} />
    ${
      answer !== undefined &&
      html`<${Table}
        label="Audit log"
        head=${['number', 'time', 'who', 'on behalf of', 'action', 'path', 'decision', 'rule', 'key']}
        rows=${answer
          .toReversed()
          .map(({ seq, time: at, actor, principal, action, path, decision, rule, kid }) => [
            seq,
            time(at),
            actor,
            principal,
            action,
            path,
            html`<span class=${`state ${decision ?? ''}`}>${decision}</span>`,
            rule,
            kid,
          ])}
      />`
    }`;
}

/** What would become of an edit that nobody has saved. */
export function Edit({ data, overview }: ViewProps): VNode {
  const [path, setPath] = useState('');
  const [value, setValue] = useState('');
  const [layer, setLayer] = useState('');
  const [outcome, setOutcome] = useState<ShownPreview>();
  const [failure, setFailure] = useState('');
  const attempt = async (): Promise<void> => {
    try {
      const edit = value === '' ? { path } : { path, value: valueOf(value) };
      setOutcome(await data.preview([edit], layer));
      setFailure('');
    } catch (error) {
      setFailure(messageOf(error));
    }
  };
  return html`<h2>Try an edit</h2>
    <p>Shows which settings an edit would change, or why it would be refused. Nothing is saved.</p>
    <form
      onSubmit=${(event: Event) => {
        event.preventDefault();
        void attempt();
      }}
    >
      <${Field} label="Setting" id="edit-path">
        <input
          id="edit-path"
          required
          autocomplete="off"
          value=${path}
          onInput=${(event: { readonly currentTarget: HTMLInputElement }) => {
            setPath(event.currentTarget.value);
          }}
        />
      <//>
      <${Field} label="Value, as JSON or text; empty to remove it" id="edit-value">
        <input
          id="edit-value"
          autocomplete="off"
          value=${value}
          onInput=${(event: { readonly currentTarget: HTMLInputElement }) => {
            setValue(event.currentTarget.value);
          }}
        />
      <//>
      <${Field} label="In" id="edit-layer">
        <select
          id="edit-layer"
          onChange=${(event: { readonly currentTarget: HTMLSelectElement }) => {
            setLayer(event.currentTarget.value);
          }}
        >
          <option value="">above all sources</option>
          ${overview.layers.map((name) => html`<option value=${name}>${name}</option>`)}
        </select>
      <//>
      <button type="submit">Try</button>
    </form>
    <${Problem} text=${failure} />
    ${outcome !== undefined && html`<section aria-label="Outcome" role="status"><${Outcome} outcome=${outcome} /></section>`}`;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function Outcome({ outcome }: { readonly outcome: ShownPreview }): VNode {
  if (outcome.status === 'refused') return html`<p class="problem">${outcome.message}</p>`;
  if (outcome.status === 'rejected') {
    return html`<p class="problem">It would be rejected: ${outcome.message}</p>
      <${Issues} issues=${outcome.issues} />`;
  }
  const { changes, restart } = outcome;
  return html`<p>
      ${changes.length === 0 && restart.length === 0 ? 'Nothing would change: another source wins, or the value is the same.' : 'It would be accepted.'}
    </p>
    ${restart.length > 0 && html`<p>Only after a restart: ${restart.join(', ')}</p>`}
    ${changes.length > 0 && html`<${Changes} changes=${changes} />`}`;
}

export function Issues({ issues }: { readonly issues: Overview['issues'] }): VNode {
  return html`<ul>
    ${issues.map(({ path, message, hint, from }) => html`<li><b>${path}</b> ${message} ${from !== undefined && html`<span class="place">${from}</span>`} ${hint}</li>`)}
  </ul>`;
}
