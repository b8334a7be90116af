import { html } from 'htm/preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Data, SettingRows, ShownExplanation } from './data.js';
import { firstOpen, linesOf, treeOf, type Line } from './tree.js';

/** Pixels of a line, as in page.css. */
const HEIGHT = 28;
/** Lines above and below what is seen. */
const MARGIN = 10;

interface SettingsProps {
  readonly data: Data;
  readonly settings: SettingRows;
  readonly changed: ReadonlySet<string>;
  readonly tenant: string;
}

/** The tree with its search, and the explanation of what is chosen. */
export function Settings({ data, settings, changed, tenant }: SettingsProps): VNode {
  const root = useMemo(() => treeOf(settings), [settings]);
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(() => firstOpen(root, settings.rows.length));
  const [active, setActive] = useState('');
  const [explained, setExplained] = useState('');
  const lines = useMemo(() => linesOf(root, open, search), [root, open, search]);
  const toggle = (path: string, isOpen: boolean): void => {
    const next = new Set(open);
    if (isOpen) next.add(path);
    else next.delete(path);
    setOpen(next);
  };
  const choose = ({ node, isOpen }: Line): void => {
    setActive(node.path);
    if (node.setting !== undefined) setExplained(node.path);
    else toggle(node.path, !isOpen);
  };
  const count = search === '' ? settings.rows.length : lines.filter(({ node }) => node.setting !== undefined).length;
  return html`<div class="settings">
    <div class="list">
      <div class="bar">
        <label for="search">Search</label>
        <input
          id="search"
          type="search"
          autocomplete="off"
          placeholder="path, value or place"
          value=${search}
          onInput=${(event: { readonly currentTarget: HTMLInputElement }) => {
            setSearch(event.currentTarget.value);
          }}
        />
        <span role="status">${count} settings</span>
      </div>
      <${Tree} lines=${lines} active=${active} changed=${changed} choose=${choose} move=${setActive} toggle=${toggle} />
    </div>
    ${
      explained !== '' &&
      html`<${Explain}
        data=${data}
        path=${explained}
        tenant=${tenant}
        generation=${settings.generation}
        close=${() => {
          setExplained('');
        }}
      />`
    }
  </div>`;
}

interface TreeProps {
  readonly lines: readonly Line[];
  readonly active: string;
  readonly changed: ReadonlySet<string>;
  readonly choose: (line: Line) => void;
  readonly move: (path: string) => void;
  readonly toggle: (path: string, isOpen: boolean) => void;
}

/** Draws only the lines that are seen. */
function Tree({ lines, active, changed, choose, move, toggle }: TreeProps): VNode {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    const observer = new ResizeObserver(() => {
      setHeight(current.clientHeight);
    });
    observer.observe(current);
    return () => {
      observer.disconnect();
    };
  }, []);
  const at = lines.findIndex(({ node }) => node.path === active);
  const reach = (index: number): void => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, index))];
    const { current } = box;
    if (line === undefined || current === null) return;
    move(line.node.path);
    const y = lines.indexOf(line) * HEIGHT;
    if (y < current.scrollTop) current.scrollTop = y;
    else if (y + HEIGHT > current.scrollTop + current.clientHeight)
      current.scrollTop = y + HEIGHT - current.clientHeight;
  };
  const pressed = (event: KeyboardEvent): void => {
    const line = lines[at];
    const isGroup = (line?.node.children.length ?? 0) > 0;
    const keys: Record<string, () => void> = {
      ArrowDown: () => {
        reach(at + 1);
      },
      ArrowUp: () => {
        reach(at - 1);
      },
      Home: () => {
        reach(0);
      },
      End: () => {
        reach(lines.length - 1);
      },
      ArrowRight: () => {
        if (line !== undefined && isGroup && !line.isOpen) toggle(line.node.path, true);
        else if (isGroup) reach(at + 1);
      },
      ArrowLeft: () => {
        if (line?.isOpen === true) toggle(line.node.path, false);
        else reach(lines.findLastIndex(({ node }, index) => index < at && node.depth < (line?.node.depth ?? 0)));
      },
      Enter: () => {
        if (line !== undefined) choose(line);
      },
    };
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const first = Math.max(0, Math.floor(top / HEIGHT) - MARGIN);
  const last = Math.min(lines.length, Math.ceil((top + height) / HEIGHT) + MARGIN);
  return html`<div
    class="tree"
    role="tree"
    aria-label="Settings"
    tabindex="0"
    ref=${box}
    aria-activedescendant=${at >= first && at < last ? `line-${String(at)}` : undefined}
    onKeyDown=${pressed}
    onScroll=${(event: { readonly currentTarget: HTMLElement }) => {
      setTop(event.currentTarget.scrollTop);
    }}
  >
    <div role="none" style=${{ height: `${String(lines.length * HEIGHT)}px`, position: 'relative' }}>
      ${lines.slice(first, last).map((line, offset) => {
        const { node, isOpen, position, siblings } = line;
        const { setting } = node;
        const index = first + offset;
        const classes = [
          'line',
          setting?.mark ?? '',
          changed.has(node.path) ? 'changed' : '',
          index === at ? 'active' : '',
        ];
        return html`<div
          key=${node.path}
          id=${`line-${String(index)}`}
          role="treeitem"
          class=${classes.join(' ')}
          aria-level=${node.depth}
          aria-posinset=${position}
          aria-setsize=${siblings}
          aria-selected=${index === at ? 'true' : 'false'}
          aria-expanded=${node.children.length > 0 ? String(isOpen) : undefined}
          style=${{ top: `${String(index * HEIGHT)}px`, paddingLeft: `${String(node.depth * 16)}px` }}
          onClick=${() => {
            choose(line);
          }}
        >
          <span class="key">${node.children.length > 0 ? (isOpen ? '▾ ' : '▸ ') : ''}${node.key}</span>
          ${
            setting !== undefined &&
            html`<span class=${setting.value === '(not set)' ? 'value unset' : 'value'}>${setting.value}</span>
              ${setting.mark !== '' && html`<span class="mark">${setting.mark}</span>`}
              <span class="place">${setting.place}</span>`
          }
        </div>`;
      })}
    </div>
  </div>`;
}

interface ExplainProps {
  readonly data: Data;
  readonly path: string;
  readonly tenant: string;
  readonly generation: number;
  readonly close: () => void;
}

/** Why a setting is what it is: the place that wins, those that lose, and what it refers to. */
function Explain({ data, path, tenant, generation, close }: ExplainProps): VNode {
  const [shown, setShown] = useState<ShownExplanation>();
  const [problem, setProblem] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    let isCurrent = true;
    data.explain(path, tenant).then(
      (explanation) => {
        if (!isCurrent) return;
        setShown(explanation);
        setProblem('');
      },
      (error: unknown) => {
        if (isCurrent) setProblem(error instanceof Error ? error.message : 'The inspector failed to answer.');
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [data, path, tenant, generation]);
  useEffect(() => {
    heading.current?.focus();
  }, [path]);
  return html`<aside
    class="explain"
    aria-labelledby="explained"
    onKeyDown=${({ key }: KeyboardEvent) => {
      if (key === 'Escape') close();
    }}
  >
    <button type="button" class="close" onClick=${close}>Close</button>
    <h2 id="explained" tabindex="-1" ref=${heading}>${path}</h2>
    ${problem !== '' && html`<p class="problem" role="alert">${problem}</p>`}
    ${problem === '' && shown !== undefined && html`<${Explained} shown=${shown} />`}
  </aside>`;
}

function Explained({ shown }: { readonly shown: ShownExplanation }): VNode {
  const { value, description, winner, joined, losers, references, afterRestart, settings } = shown;
  return html`<dl>
      <dt>Value</dt>
      <dd><code>${value}</code></dd>
      ${
        description !== undefined &&
        html`<dt>Description</dt>
          <dd>${description}</dd>`
      }
      ${
        afterRestart !== undefined &&
        html`<dt>After a restart</dt>
          <dd><code>${afterRestart}</code></dd>`
      }
      <dt>From</dt>
      <dd>
        ${winner === undefined ? 'no source' : winner.from}${winner?.chosenBy !== undefined && `, chosen by ${winner.chosenBy}`}
      </dd>
      ${
        references.length > 0 &&
        html`<dt>Through</dt>
          <dd><code>${references.join(' ')}</code></dd>`
      }
    </dl>
    ${
      joined.length > 0 &&
      html`<h3>Joined with</h3>
        <${Values} values=${joined} />`
    }
    ${
      losers.length > 0 &&
      html`<h3>Over</h3>
        <${Values} values=${losers} />`
    }
    ${settings.map(
      (each) =>
        html`<h3>${each.path}</h3>
          <${Explained} shown=${each} />`,
    )}`;
}

function Values({ values }: { readonly values: ShownExplanation['losers'] }): VNode {
  return html`<ol>
    ${values.map(({ value, from }) => html`<li><code>${value}</code> <span class="place">${from}</span></li>`)}
  </ol>`;
}
