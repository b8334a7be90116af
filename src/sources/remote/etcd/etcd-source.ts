import { option, type OptionKinds, readOptions, systemClock } from '../../../core/index.js';
import { type Credential, httpAddress, HttpClient, isCredential } from '../../../http/index.js';
import { STORE_OPTIONS, storeSource, type StoreSource, type StoreSourceOptions } from '../store/index.js';
import { etcdDriver } from './etcd-driver.js';
import { etcdGateway } from './etcd-gateway.js';

/** What {@link etcdSource} takes. */
export interface EtcdSourceOptions extends StoreSourceOptions {
  /** Of a server or of a proxy in front of several: `https://etcd.internal:2379`. Plain HTTP on this machine only. */
  readonly address: string;
  /** Who asks, where etcd wants to know. */
  readonly login?: {
    readonly user: string;
    /** Asked for when a token is wanted. */
    readonly password: Credential;
  };
  /** Certificates of the authorities that are trusted, as PEM; those of Node when absent. */
  readonly ca?: string;
  /** How many releases are kept, for the history and a rollback; a whole number from 1 on. Default: 1,000. */
  readonly keep?: number;
  /** What the names of its keys begin with. Default: `/uno-config/`. */
  readonly prefix?: string;
}

const LOGIN = {
  user: option.required(option.name),
  password: option.required(option.kind('a function that gives it, or a SecureValue', isCredential)),
} satisfies OptionKinds<NonNullable<EtcdSourceOptions['login']>>;

const OPTIONS = {
  ...STORE_OPTIONS,
  address: option.required(option.name),
  login: option.options<NonNullable<EtcdSourceOptions['login']>, typeof LOGIN>(LOGIN),
  ca: option.text,
  keep: option.or(option.count(), 1_000),
  prefix: option.or(option.name, '/uno-config/'),
} satisfies OptionKinds<EtcdSourceOptions>;

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Settings in etcd 3, as releases, over its HTTP gateway: no client is needed. Changes are watched. Written with
 * `uno-config push`, or `source.write`; etcd takes no more than 1.5 MiB in one release. Subpath: `uno-config/sources/etcd`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found` while nothing has been
 *   published, `source-failed`, `invalid-json`, `not-a-map`; when it is written: `revision-conflict`, `source-too-large`.
 * @example
 * ```ts
 * const source = etcdSource({ namespace: 'orders', address: 'https://etcd.internal:2379' });
 * ```
 */
export function etcdSource(options: EtcdSourceOptions): StoreSource {
  const { address, login, ca, keep, prefix, ...rest } = readOptions('etcdSource', options, OPTIONS);
  const client = new HttpClient({
    address: httpAddress('etcdSource: address', address, 'https://etcd.internal:2379'),
    clock: systemClock,
    limits: { bytes: MOST_BYTES },
    tls: ca === undefined ? undefined : { ca },
  });
  const name = `etcd ${rest.namespace}`;
  const gateway = etcdGateway(name, client, login);
  return storeSource('etcd', rest, etcdDriver(name, gateway, `${prefix}${rest.namespace}/`, keep));
}
