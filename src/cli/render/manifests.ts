import { UsageError } from '../usage-error.js';
import { yamlText } from '../../core/index.js';
import type { RenderedDocument } from './document.js';

/** What Kubernetes takes: the sum of all values of a ConfigMap or a Secret. */
const MOST_BYTES = 1024 * 1024;
const LONGEST_NAME = 253;

const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const KEY = /^(?!\.{1,2}$|\.\.)[-._a-zA-Z0-9]+$/;

/** How a manifest is named, and the file in it. */
export interface ManifestNames {
  readonly name: string;
  readonly file: string;
}

/** A ConfigMap with the document as a file. Throws UsageError for what Kubernetes would refuse. */
export function configMap({ tree }: RenderedDocument, { name, file }: ManifestNames): string {
  return manifest('ConfigMap', name, 'data', { [file]: yamlText(tree) });
}

/**
 * A Secret with a key for each variable that the document refers to. Its values are placeholders, as `envsubst` fills them.
 *
 * @throws UsageError for what Kubernetes would refuse.
 */
export function secretManifest({ secrets }: RenderedDocument, { name }: Pick<ManifestNames, 'name'>): string {
  const data = Object.fromEntries(secrets.map(({ variable }) => [variable, `\${${variable}}`]));
  return manifest('Secret', name, 'stringData', data);
}

export function helmValues({ tree, secrets }: RenderedDocument): string {
  return yamlText({ config: tree, secretVariables: secrets.map(({ variable }) => variable) });
}

function manifest(kind: string, name: string, field: string, data: Readonly<Record<string, string>>): string {
  if (name.length > LONGEST_NAME || !NAME.test(name)) {
    throw new UsageError(
      `--name ${JSON.stringify(name)} is no name that Kubernetes takes.`,
      'Write lower-case letters, digits, "-" and ".", at most 253, with a letter or digit at both ends.',
    );
  }
  for (const key of Object.keys(data)) {
    if (key.length <= LONGEST_NAME && KEY.test(key)) continue;
    throw new UsageError(
      `${kind} ${name} cannot have the key ${JSON.stringify(key)}.`,
      'Kubernetes takes letters, digits, "-", "_" and ".", at most 253.',
    );
  }
  const bytes = Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > MOST_BYTES) {
    throw new UsageError(
      `${kind} ${name} would have ${String(bytes)} bytes; Kubernetes takes ${String(MOST_BYTES)}.`,
      'Keep large values in files of their own, and refer to them: ${file:…}.',
    );
  }
  const head = yamlText({ apiVersion: 'v1', kind, metadata: { name } });
  const entries = Object.entries(data).map(([key, text]) =>
    text.endsWith('\n')
      ? `  ${JSON.stringify(key)}: |\n${text.replaceAll(/(?<![^\n])(?=[^\n])/g, '    ')}`
      : `  ${JSON.stringify(key)}: ${JSON.stringify(text)}\n`,
  );
  return `${head}${field}:${entries.length === 0 ? ' {}\n' : `\n${entries.join('')}`}`;
}
