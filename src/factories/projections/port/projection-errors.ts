import { ConfigError } from '../../../core/index.js';

/** An append that could not keep an inline projection up would leave it wrong for good. */
export function projectionUnlisted(name: string): ConfigError {
  return new ConfigError({
    code: 'projection-unlisted',
    message: `Nothing was appended: the projection "${name}" is kept up inline, and this program does not list its class.`,
    recovery: `List it under projections; or set its mode to async where it is listed, or end it with "uno-config projections forget ${name}".`,
  });
}

export function projectionOutdated(name: string, ours: number, theirs: number): ConfigError {
  return new ConfigError({
    code: 'projection-outdated',
    message: `The tables of the projection "${name}" are of version ${String(theirs)}, and its class here is of version ${String(ours)}.`,
    recovery:
      ours < theirs
        ? 'Run the newer program; set mode: async while two versions of it run side by side.'
        : `Wait for its rebuild, or begin it with "uno-config projections rebuild ${name}".`,
  });
}

export function projectionInline(name: string): ConfigError {
  return new ConfigError({
    code: 'projection-inline',
    message: `The projection "${name}" is kept up inline, by the transactions that append: it cannot be paused.`,
    recovery: 'Set its mode to async first.',
  });
}
