import { formatOrigin } from '../../core/index.js';
import { shownText } from '../../runtime/index.js';
import { printable } from '../output-text.js';
import type { ReportedFinding, ReportedPlace, ReportedSetting, ValidationReport } from './validation-report.js';

export function htmlReport(report: ValidationReport): string {
  const { file, ok, findings, settings, unused, places } = report;
  const drifting = settings.filter(({ drifts }) => drifts);
  const numbered = findings.map((finding, number) => ({ ...finding, number }));
  const errors = numbered.filter(({ level }) => level === 'error');
  const warnings = numbered.filter(({ level }) => level === 'warning');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Settings of ${text(file)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Settings of <code>${text(file)}</code></h1>
<p class="${ok ? 'good' : 'bad'}">${ok ? 'All are valid.' : `${count(errors.length, 'issue')}.`}</p>
<h2>Environments, regions and tenants</h2>
${matrix(report)}
<h2>Issues</h2>
${issues(errors, places, 'None.')}
<h2>Deprecated and outdated</h2>
${issues(warnings, places, 'Nothing.')}
<h2>Settings that differ</h2>
${table(drifting, places, 'Every setting has one value everywhere.')}
<h2>Files that nothing reads</h2>
${unusedText(unused)}
<h2>All settings</h2>
<details><summary>${count(settings.length, 'setting')}</summary>
${table(settings, places, 'There are none.')}
</details>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 90rem; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { border: 1px solid #8886; padding: .3rem .6rem; text-align: left; vertical-align: top; }
code, td.value { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.good { color: #14692c; } .bad { color: #b3261e; font-weight: 600; }
small { display: block; opacity: .8; }
@media (prefers-color-scheme: dark) { .good { color: #7ddb93; } .bad { color: #ffb4ab; } }
`;

function matrix({ places, findings }: ValidationReport): string {
  const tenants = [...new Set(places.flatMap((place) => Object.keys(place.tenants)))].sort();
  const heads = places.map((place) => `<th scope="col">${text(nameOf(place))}</th>`).join('');
  const numbers = new Map<string, number[]>();
  findings.forEach(({ level, where }, index) => {
    if (level !== 'error') return;
    for (const { place, tenant } of where) {
      const key = JSON.stringify([place, tenant]);
      const known = numbers.get(key) ?? [];
      numbers.set(key, known);
      known.push(index);
    }
  });
  const cell = (isThere: boolean, ok: boolean, place: number, tenant: string | null): string => {
    if (!isThere) return '<td>not loaded</td>';
    if (ok) return '<td class="good">valid</td>';
    const own = numbers.get(JSON.stringify([place, tenant])) ?? [];
    return `<td class="bad"><a href="#issue-${String(own[0] ?? 0)}">${count(own.length, 'issue')}</a></td>`;
  };
  const base = places.map(({ ok }, at) => cell(true, ok, at, null)).join('');
  const rows = tenants.map((id) => {
    const cells = places.map((place, at) => {
      const isThere = Object.hasOwn(place.tenants, id);
      return cell(isThere, place.tenants[id] === true, at, id);
    });
    return `<tr><th scope="row">${text(id)}</th>${cells.join('')}</tr>\n`;
  });
  return `<div class="wide"><table>
<thead><tr><th scope="col">Settings of</th>${heads}</tr></thead>
<tbody><tr><th scope="row">all</th>${base}</tr>
${rows.join('')}</tbody></table></div>`;
}

interface NumberedFinding extends ReportedFinding {
  readonly number: number;
}

function issues(findings: readonly NumberedFinding[], places: readonly ReportedPlace[], none: string): string {
  if (findings.length === 0) return `<p>${none}</p>`;
  const items = findings.map(({ code, path, message, hint, origin, where, number }) => {
    const names = where.map(({ place, tenant }) => {
      const name = nameOf(places[place]);
      return tenant === null ? name : `${name}, ${tenant}`;
    });
    const more = names.length - MOST_NAMED;
    const shown = more > 0 ? [...names.slice(0, MOST_NAMED), `and ${String(more)} more`] : names;
    return `<li id="issue-${String(number)}"><code>${text(path)}</code> ${text(message)}
<small><code>${text(code)}</code>${origin === null ? '' : `, from ${text(formatOrigin(origin))}`}</small>
${hint === null ? '' : `<small>${text(hint)}</small>`}
<small>In ${text(shown.join('; '))}</small></li>\n`;
  });
  return `<ol>${items.join('')}</ol>`;
}

/** How many environments, regions and tenants are listed with an issue. */
const MOST_NAMED = 20;

function table(settings: readonly ReportedSetting[], places: readonly ReportedPlace[], none: string): string {
  if (settings.length === 0) return `<p>${none}</p>`;
  const heads = places.map((place) => `<th scope="col">${text(nameOf(place))}</th>`).join('');
  const rows = settings.map(({ path, secret, values }) => {
    const cells = values.map((held) =>
      held === null
        ? '<td>not set</td>'
        : `<td class="value">${text(shownText(held.value))}<small>${text(held.from ?? '')}</small></td>`,
    );
    const level = secret === null ? '' : `<small>secret: ${text(secret)}</small>`;
    return `<tr><th scope="row"><code>${text(path)}</code>${level}</th>${cells.join('')}</tr>\n`;
  });
  return `<div class="wide"><table>
<thead><tr><th scope="col">Setting</th>${heads}</tr></thead>
<tbody>${rows.join('')}</tbody></table></div>`;
}

function unusedText(unused: readonly string[] | null): string {
  if (unused === null) return '<p>Not known: some settings are not valid.</p>';
  if (unused.length === 0) return '<p>None.</p>';
  return `<ul>${unused.map((file) => `<li><code>${text(file)}</code></li>`).join('')}</ul>`;
}

function nameOf(place: ReportedPlace | undefined): string {
  return [place?.environment, place?.region].filter((name) => name != null).join(', ');
}

function count(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? '' : 's'}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of a page, whatever it holds. */
function text(value: string): string {
  return printable(value).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
