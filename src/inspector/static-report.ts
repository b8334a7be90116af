import { createHash } from 'node:crypto';
import type { Generation } from '../runtime/index.js';
import { pageFiles } from './page-files.js';
import { placeIn, type Overview } from './read-model.js';
import { allSecrets } from './secrets-in-sight.js';
import { settingRows, type SettingRows } from './setting-rows.js';
import { explainedFully, type ShownExplanation } from './shown-explanation.js';

/** What a report holds: the settings of one environment, each explained; secrets masked. */
export interface Report {
  readonly overview: Overview;
  readonly settings: SettingRows;
  /** By path. */
  readonly explanations: Readonly<Record<string, ShownExplanation>>;
}

export function reportOf(generation: Generation): Report {
  const settings = settingRows(generation, true);
  return {
    overview: {
      ...placeIn(generation),
      health: {
        status: 'healthy',
        problems: [],
        sources: [],
        sections: [],
        wanted: [],
        participants: [],
        restartRequired: [],
        staleSingletons: [],
      },
      issues: [],
      history: [],
      layers: [],
      secrets: allSecrets(generation),
      parts: { flags: false, tenants: false, audit: false, preview: false },
    },
    settings,
    explanations: Object.fromEntries(settings.rows.map(([path]) => [path, explainedFully(generation, path)] as const)),
  };
}

/**
 * The page with a report in it, as one file that loads nothing. Only its own script and style run: they are named by their
 * hashes, and the data is no script.
 */
export async function reportHtml(report: Report, title: string): Promise<string> {
  const { script, style } = await pageFiles();
  const code = script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  const policy = `default-src 'none'; script-src '${hashOf(code)}'; style-src '${hashOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<script id="report" type="application/json">${dataText(report)}</script>
<script type="module">${code}</script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** JSON in which no string can end the element around it. */
function dataText(data: unknown): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
