import { formatOrigin } from '../core/index.js';
import { type SectionChange, shownText } from '../runtime/index.js';

/** One changed setting. */
export interface ShownChange {
  readonly path: string;
  readonly kind: string;
  readonly before: string;
  readonly after: string;
  readonly from?: string;
  readonly scope?: string;
}

/** Changes for a page. */
export function shownChanges(sections: readonly SectionChange[]): readonly ShownChange[] {
  return sections.flatMap(({ changes, scope }) =>
    changes.map(({ path, kind, before, after, origin }) => ({
      path,
      kind,
      before: shownText(before),
      after: shownText(after),
      ...(origin !== undefined && { from: formatOrigin(origin) }),
      ...(scope !== undefined && { scope }),
    })),
  );
}
