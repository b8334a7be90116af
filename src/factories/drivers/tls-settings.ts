import { IsIn, IsOptional, IsString } from 'class-validator';
import { Describe, Rule, Secure, type SecureValue } from '../../sections/index.js';

/**
 * The encryption of a connection to a database or broker. Certificates and keys are PEM strings; write
 * `${file:/run/secrets/ca.pem}` to take one from a file. Subpaths: `uno-config/databases/pg`, `uno-config/databases/mysql`.
 */
export class TlsSettings {
  @Describe(
    'disable: plain; require: encrypted, the server is not verified; verify-ca: the certificate of the server must be signed by the authority; verify-full: and be for its host name.',
  )
  @IsIn(['disable', 'require', 'verify-ca', 'verify-full'])
  public readonly mode: 'disable' | 'require' | 'verify-ca' | 'verify-full' = 'disable';

  @Describe('Certificates of the authorities that are trusted; those of Node when absent.')
  @IsOptional()
  @IsString()
  public readonly ca?: string;

  @Describe('The certificate that this program shows.')
  @IsOptional()
  @IsString()
  public readonly cert?: string;

  @Describe('The private key of the certificate.')
  @IsOptional()
  @Secure()
  public readonly key?: SecureValue<string>;

  @Describe('The name that the certificate of the server must be for; the host when absent.')
  @IsOptional()
  @IsString()
  public readonly servername?: string;

  @Rule('cert and key belong together', { fields: ['cert', 'key'], hint: 'Set both or neither.' })
  public isPaired(): boolean {
    return (this.cert === undefined) === (this.key === undefined);
  }
}

/** What Node's TLS takes, of which drivers hand on what they are given. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
  readonly checkServerIdentity?: () => undefined;
}

/** TLS options of settings; `undefined` for a connection that is not encrypted. */
export function toTlsOptions({ mode, ca, cert, servername }: TlsSettings, key: () => string): TlsOptions | undefined {
  if (mode === 'disable') return undefined;
  return {
    rejectUnauthorized: mode !== 'require',
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert, key: key() }),
    ...(servername !== undefined && { servername }),
    ...(mode === 'verify-ca' && { checkServerIdentity: () => undefined }),
  };
}
