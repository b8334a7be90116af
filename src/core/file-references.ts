import type { ConfigPath } from './config-path.js';
import { isConfigMap } from './config-value.js';
import type { Template } from './template.js';
import { isTemplateProblem, mayHoldReferences, parseTemplate } from './template.js';

/** A `${file:…}` and the path of the text that holds it. */
export interface FileReference {
  readonly name: string;
  readonly at: ConfigPath;
}

/** All `${file:…}` of a tree that stands at a path, those in fallbacks included, so that the files can be read before references are resolved. */
export function fileReferences(
  tree: unknown,
  at: ConfigPath,
  isTemplate: (path: ConfigPath) => boolean,
): readonly FileReference[] {
  const found: FileReference[] = [];
  const visitTemplate = (template: Template, at: ConfigPath): void => {
    for (const part of template) {
      if (typeof part === 'string') continue;
      if (part.kind === 'file') found.push({ name: part.name, at });
      if (part.fallback !== undefined) visitTemplate(part.fallback, at);
    }
  };
  const visit = (node: unknown, path: ConfigPath): void => {
    if (typeof node === 'string') {
      if (!mayHoldReferences(node) || !isTemplate(path)) return;
      const template = parseTemplate(node);
      if (!isTemplateProblem(template)) visitTemplate(template, path);
    } else if (Array.isArray(node)) {
      node.forEach((item, index) => {
        visit(item, [...path, String(index)]);
      });
    } else if (isConfigMap(node)) {
      for (const key of Object.keys(node)) visit(node[key], [...path, key]);
    }
  };
  visit(tree, at);
  return found;
}
