import { createHash } from 'node:crypto';
import { type ConfigSource, isConfigMap, option, type OptionKinds, readOptions } from '../../../core/index.js';
import {
  CLOUD_OPTIONS,
  cloudSource,
  type CloudSourceOptions,
  nothingThere,
  storedDocument,
  type StoredValue,
} from '../cloud/index.js';
import { initialized } from '../../../http/index.js';
import type { ClientOption } from '../store/index.js';
import type { GcpParameterManagerClient, GcpParameterVersion } from './gcp-clients.js';
import { bytesOf, gcpClient, gcpFailure, PART } from './gcp-connection.js';

/** What {@link gcpParameters} takes. */
export interface GcpParametersOptions extends CloudSourceOptions {
  readonly project: string;
  /** The name of one parameter. */
  readonly parameter: string;
  /** Default: `global`. Of a regional parameter, whose client has the endpoint of the region. */
  readonly location?: string;
  /** The name of a version. Default: the newest that is not disabled. */
  readonly version?: string;
  /** A `ParameterManagerClient`, or a function that makes one. Default: one with the credentials that it finds. */
  readonly client?: ClientOption<GcpParameterManagerClient>;
}

const OPTIONS = {
  ...CLOUD_OPTIONS,
  project: option.required(PART),
  parameter: option.required(PART),
  location: option.or(PART, 'global'),
  version: PART,
  client: option.either(
    option.callback,
    option.having('a client such as new ParameterManagerClient()', 'renderParameterVersion'),
  ),
} satisfies OptionKinds<GcpParametersOptions>;

/**
 * One parameter of Google Cloud Parameter Manager: a document of JSON or YAML. References to Secret Manager (`__REF__(…)`) come
 * resolved by Google, and are secrets; all else is plain. Needs `parametermanager.parameterVersions.render` and `….list`; the
 * parameter itself needs access to the secrets. Subpath: `uno-config/sources/gcp`; needs the package
 * `@google-cloud/parametermanager`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found`, `source-failed`, and the
 *   errors of the formats of documents, `driver-not-installed`.
 * @example
 * ```ts
 * const source = gcpParameters({ project: 'shop', parameter: 'orders' });
 * ```
 */
export function gcpParameters(options: GcpParametersOptions): ConfigSource {
  const read = readOptions<GcpParametersOptions, typeof OPTIONS>('gcpParameters', options, OPTIONS);
  const { project, location, parameter, version } = read;
  const lazy = gcpClient<GcpParameterManagerClient>(options.client, {
    name: 'ParameterManagerClient',
    from: '@google-cloud/parametermanager',
  });
  const parent = `projects/${project}/locations/${location}/parameters/${parameter}`;
  return cloudSource(read, {
    name: `gcp parameter ${parameter}`,
    read: async ({ source, known }) => {
      const client = await initialized(await lazy.get());
      const name =
        version === undefined
          ? newest(source, (await client.listParameterVersions({ parent }))[0])
          : `${parent}/versions/${version}`;
      const [{ payload, renderedPayload }] = await client.renderParameterVersion({ name });
      const [written, rendered] = [bytesOf(payload?.data), bytesOf(renderedPayload)];
      if (rendered.length === 0) throw nothingThere(source, 'the version has no content');
      const shown = name.slice(name.lastIndexOf('/') + 1);
      // A secret behind a reference may change alone.
      const revision = `${shown} ${createHash('sha256').update(rendered).digest('hex').slice(0, 12)}`;
      if (revision === known) return 'unchanged';
      const [before, after] = await Promise.all([treeIn(source, written), treeIn(source, rendered)]);
      return { values: valuesOf(before, after, [], shown), revision };
    },
    failure: gcpFailure(
      `parametermanager.parameterVersions.render and parametermanager.parameterVersions.list on ${parent}`,
    ),
    close: async () => lazy.close(),
  });
}

function newest(source: string, versions: readonly GcpParameterVersion[]): string {
  const usable = versions.filter(({ name, disabled }) => typeof name === 'string' && disabled !== true);
  const [first] = usable.toSorted((one, other) => timeOf(other) - timeOf(one));
  if (typeof first?.name === 'string') return first.name;
  throw nothingThere(source, 'it has no version that is not disabled');
}

/** In seconds. */
function timeOf({ createTime }: GcpParameterVersion): number {
  return Number(createTime?.seconds ?? 0) + (createTime?.nanos ?? 0) / 1e9;
}

async function treeIn(source: string, bytes: Buffer): Promise<unknown> {
  const text = bytes.toString('utf8');
  const extension = /^\s*\{/.test(text) ? '.json' : '.yaml';
  return (await storedDocument({ name: source, text, extension, isSecret: false })).value;
}

/** Each value with whether it was a reference to a secret before it was resolved. */
function valuesOf(before: unknown, after: unknown, path: readonly string[], version: string): StoredValue[] {
  if (isConfigMap(before) && isConfigMap(after)) {
    return Object.entries(after).flatMap(([key, value]) => valuesOf(before[key], value, [...path, key], version));
  }
  const isSecret = before === undefined || JSON.stringify(before).includes('__REF__(');
  return [{ path, value: after, key: path.join('.'), version, isSecret }];
}
