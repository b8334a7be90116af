import { html, render } from 'htm/preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Report } from '../static-report.js';
import { follow, liveData, Refused, reportData, type Data, type Overview, type SettingRows } from './data.js';
import { mergeRows } from './merge-rows.js';
import { Settings } from './settings.js';
import { Audit, Edit, FlagsView, Generations, Issues, Secrets, Sources, Tenants } from './views.js';

/** Where a browser keeps the token for this tab alone. */
const KEPT = 'uno-config inspector token';

interface State {
  readonly overview: Overview;
  readonly settings: SettingRows;
  /** The paths that changed with the last generation. */
  readonly changed: ReadonlySet<string>;
}

/** Settings and overview, and their changes as they happen. */
function useSettings(data: Data, token: string, refused: (message: string) => void): State | undefined {
  const [state, setState] = useState<State>();
  useEffect(() => {
    const life = new AbortController();
    let before: State | undefined;
    const read = async (): Promise<void> => {
      const overview = await data.overview();
      const number = overview.health.generation?.number;
      const isSame = before !== undefined && before.settings.generation === number;
      let { settings, changed } = before ?? {};
      if (settings === undefined) settings = await data.settings();
      else if (!isSame) {
        const changes = await data.changes(settings.generation);
        settings = mergeRows(settings, changes);
        changed = new Set(changes.changed);
      }
      before = { overview, settings, changed: changed ?? new Set() };
      if (!life.signal.aborted) setState(before);
    };
    let reading = Promise.resolve();
    const refresh = (): void => {
      reading = reading.then(read).catch((error: unknown) => {
        if (error instanceof Refused && (error.status === 401 || error.status === 429)) refused(error.message);
      });
    };
    // The service keeps for the next one what it makes while somebody follows.
    if (data.isLive) void follow(token, refresh, life.signal);
    else refresh();
    return () => {
      life.abort();
    };
  }, [data]);
  return state;
}

const TABS = ['settings', 'generations', 'sources', 'secrets', 'flags', 'tenants', 'audit', 'edit'] as const;
type Tab = (typeof TABS)[number];
const TITLES: Readonly<Record<Tab, string>> = {
  settings: 'Settings',
  generations: 'Generations',
  sources: 'Sources',
  secrets: 'Secrets',
  flags: 'Flags',
  tenants: 'Tenants',
  audit: 'Audit',
  edit: 'Try an edit',
};

function tabsOf(data: Data, { parts }: Overview): readonly Tab[] {
  if (!data.isLive) return ['settings', 'secrets'];
  const isThere: Partial<Record<Tab, boolean>> = { ...parts, edit: parts.preview };
  return TABS.filter((tab) => isThere[tab] ?? true);
}

function Inspector({
  data,
  token,
  leave,
}: {
  readonly data: Data;
  readonly token: string;
  readonly leave: (message: string) => void;
}): VNode {
  const state = useSettings(data, token, leave);
  const [tab, setTab] = useState<Tab>('settings');
  const [tenant, setTenant] = useState('');
  if (state === undefined) return html`<p role="status">Loading…</p>`;
  const { overview, settings, changed } = state;
  const tabs = tabsOf(data, overview);
  const { health, environment, selectors } = overview;
  const view = { data, overview };
  return html`<header>
      <h1>Configuration</h1>
      <span class=${`state ${health.status}`}>${health.status}</span>
      <span role="status">
        ${health.generation !== undefined && `Generation ${String(health.generation.number)} is in use${health.generation.trusted ? '' : ', not trusted yet'}.`}
        ${health.lastRejection !== undefined && ` The last reload was rejected.`}
      </span>
      <span class="place">${[environment, ...Object.values(selectors)].join(', ')}</span>
      ${
        data.isLive &&
        html`<button
          type="button"
          onClick=${() => {
            leave('');
          }}
        >
          Sign out
        </button>`
      }
    </header>
    ${
      health.problems.length > 0 &&
      html`<section class="problems" aria-label="Problems">
        <ul>
          ${health.problems.map((problem) => html`<li>${problem}</li>`)}
        </ul>
        ${overview.issues.length > 0 && html`<${Issues} issues=${overview.issues} />`}
      </section>`
    }
    <nav>
      <div
        role="tablist"
        aria-label="Views"
        onKeyDown=${(event: KeyboardEvent) => {
          const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
          const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
          if (step === 0 || next === undefined) return;
          setTab(next);
          document.getElementById(`tab-${next}`)?.focus();
        }}
      >
        ${tabs.map(
          (name) =>
            html`<button
              type="button"
              role="tab"
              id=${`tab-${name}`}
              aria-selected=${String(name === tab)}
              aria-controls="view"
              tabindex=${name === tab ? 0 : -1}
              onClick=${() => {
                setTab(name);
              }}
            >
              ${TITLES[name]}
            </button>`,
        )}
      </div>
    </nav>
    <main>
      <div id="view" role="tabpanel" aria-labelledby=${`tab-${tab}`}>
        ${tenant !== '' && tab === 'settings' && html`<p>Explanations are those of the tenant <b>${tenant}</b>.</p>`}
        ${tab === 'settings' && html`<${Settings} data=${data} settings=${settings} changed=${changed} tenant=${tenant} />`}
        ${tab === 'generations' && html`<${Generations} key=${settings.generation} ...${view} />`}
        ${tab === 'sources' && html`<${Sources} ...${view} />`} ${tab === 'secrets' && html`<${Secrets} ...${view} />`}
        ${tab === 'flags' && html`<${FlagsView} ...${view} />`}
        ${tab === 'tenants' && html`<${Tenants} ...${view} tenant=${tenant} choose=${setTenant} />`}
        ${tab === 'audit' && html`<${Audit} ...${view} />`} ${tab === 'edit' && html`<${Edit} ...${view} />`}
      </div>
    </main>`;
}

function SignIn({ message, enter }: { readonly message: string; readonly enter: (token: string) => void }): VNode {
  const [token, setToken] = useState('');
  return html`<main class="sign-in">
    <h1>Configuration</h1>
    <form
      onSubmit=${(event: Event) => {
        event.preventDefault();
        enter(token.trim());
      }}
    >
      <label for="token">Token</label>
      <input
        id="token"
        type="password"
        required
        autocomplete="off"
        value=${token}
        onInput=${(event: { readonly currentTarget: HTMLInputElement }) => {
          setToken(event.currentTarget.value);
        }}
      />
      <button type="submit">Look</button>
    </form>
    ${message !== '' && html`<p class="problem" role="alert">${message}</p>`}
  </main>`;
}

function Live(): VNode {
  const [token, setToken] = useState(() => sessionStorage.getItem(KEPT) ?? '');
  const [message, setMessage] = useState('');
  const data = useMemo(() => liveData(token), [token]);
  const enter = (given: string): void => {
    sessionStorage.setItem(KEPT, given);
    setMessage('');
    setToken(given);
  };
  const leave = (why: string): void => {
    sessionStorage.removeItem(KEPT);
    setMessage(why);
    setToken('');
  };
  if (token === '') return html`<${SignIn} message=${message} enter=${enter} />`;
  return html`<${Inspector} data=${data} token=${token} leave=${leave} />`;
}

function Stored({ report }: { readonly report: Report }): VNode {
  const data = useMemo(() => reportData(report), [report]);
  return html`<${Inspector} data=${data} token="" leave=${() => undefined} />`;
}

const place = document.getElementById('page');
const stored = document.getElementById('report')?.textContent;
if (place !== null) {
  // The library itself has written it.
  render(
    stored === undefined || stored === ''
      ? html`<${Live} />`
      : html`<${Stored} report=${JSON.parse(stored) as Report} />`,
    place,
  );
}
