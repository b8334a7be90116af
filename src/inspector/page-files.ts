import { readFile } from 'node:fs/promises';

export interface PageFiles {
  readonly script: string;
  readonly style: string;
}

let files: Promise<PageFiles> | undefined;

/** Read when somebody looks for the first time. */
export async function pageFiles(): Promise<PageFiles> {
  files ??= readPage();
  return files;
}

async function readPage(): Promise<PageFiles> {
  // The build writes them there. What reads them is two folders below the package's, in dist as in src; the build checks it.
  const folder = new URL('../../dist/inspector/page/', import.meta.url);
  const [script, style] = await Promise.all(
    ['page.js', 'page.css'].map(async (name) => readFile(new URL(name, folder), 'utf8')),
  );
  return { script: script ?? '', style: style ?? '' };
}

/** The page; it holds no data, which it asks for with the viewer's token. */
export function pageHtml(base: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Configuration</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/page.css">
</head>
<body>
<div id="page"></div>
<script type="module" src="${base}/page.js"></script>
</body>
</html>
`;
}
