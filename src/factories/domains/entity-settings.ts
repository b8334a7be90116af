import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateNested } from 'class-validator';
import { Describe } from '../../sections/index.js';

/** How the rows of one kind of entity are read and written, once defaults are filled in. Subpath: `uno-config/domains`. */
export interface PersistenceStrategy {
  /** Where transactions that only read run: on the primary, or on a replica where there is one. */
  readonly reads: 'primary' | 'replica';
  /** How many rows one statement should write at most. */
  readonly batchSize: number;
  /** Whether an update fails when the row has changed since it was read. */
  readonly locking: 'optimistic' | 'none';
  /** The column that counts the changes of a row, for optimistic locking. */
  readonly versionColumn: string;
  /** Whether rows are marked as deleted, and stay. */
  readonly softDelete: boolean;
  /** The column that holds when a row was deleted. */
  readonly deletedColumn: string;
  /** Where ids come from: random or in the order of time, of the database, or of the application. */
  readonly ids: 'uuid' | 'uuid-v7' | 'database' | 'application';
}

const DEFAULTS: PersistenceStrategy = Object.freeze<PersistenceStrategy>({
  reads: 'replica',
  batchSize: 100,
  locking: 'none',
  versionColumn: 'version',
  softDelete: false,
  deletedColumn: 'deleted_at',
  ids: 'uuid-v7',
});

const COLUMN = /^[A-Za-z_][\w$]*$/;

/**
 * Settings of one kind of entity. Absent fields come from `entities.default`, and else from the defaults here. Subpath:
 * `uno-config/domains`.
 */
export class EntitySettings implements Partial<PersistenceStrategy> {
  @Describe('Where transactions that only read run: primary, or replica where there is one. Default: replica.')
  @IsOptional()
  @IsIn(['primary', 'replica'])
  public readonly reads?: PersistenceStrategy['reads'];

  @Describe('How many rows one statement should write at most. Default: 100.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  public readonly batchSize?: number;

  @Describe('optimistic: an update fails when the row has changed since it was read. Default: none.')
  @IsOptional()
  @IsIn(['optimistic', 'none'])
  public readonly locking?: PersistenceStrategy['locking'];

  @Describe('The column that counts the changes of a row, for optimistic locking. Default: version.')
  @IsOptional()
  @Matches(COLUMN)
  public readonly versionColumn?: string;

  @Describe('Whether rows are marked as deleted, and stay. Default: no.')
  @IsOptional()
  @IsBoolean()
  public readonly softDelete?: boolean;

  @Describe('The column that holds when a row was deleted. Default: deleted_at.')
  @IsOptional()
  @Matches(COLUMN)
  public readonly deletedColumn?: string;

  @Describe('Where ids come from: uuid (random), uuid-v7 (by time), database, application. Default: uuid-v7.')
  @IsOptional()
  @IsIn(['uuid', 'uuid-v7', 'database', 'application'])
  public readonly ids?: PersistenceStrategy['ids'];
}

/** Settings of several kinds of entities. Subpath: `uno-config/domains`. */
export type EntitiesSettings<N extends string> = Readonly<Record<N | 'default', EntitySettings>> & EntityStrategies<N>;

/** What knows the strategies of several kinds of entities. Subpath: `uno-config/domains`. */
export interface EntityStrategies<N extends string = string> {
  /**
   * The strategy of an entity: its own settings over those of all entities.
   *
   * @throws TypeError for an entity that is not named.
   */
  strategy(entity: N): PersistenceStrategy;
}

const NAME = /^[A-Za-z]\w*$/;
const TAKEN: readonly string[] = ['default', 'strategy', 'constructor'];

/**
 * The base of a settings class for the entities of a domain: `default` holds what is so for all, and each name what is
 * different for one. Extend it with a path. Subpath: `uno-config/domains`.
 *
 * @throws TypeError for a name that is not one of letters, digits and underscores, or is given twice.
 *
 * @example
 * ```ts
 * @ConfigSection('sales.entities')
 * class SalesEntities extends entitySettings('order', 'customer') {}
 *
 * const entities = await testSettings(SalesEntities, { order: { batchSize: 500 } });
 * const { batchSize } = entities.strategy('order');
 * ```
 */
export function entitySettings<const N extends string>(...names: readonly N[]): new () => EntitiesSettings<N> {
  for (const name of names) {
    if (typeof name === 'string' && NAME.test(name) && !TAKEN.includes(name)) continue;
    throw new TypeError(
      `entitySettings: ${JSON.stringify(name)} cannot be the name of an entity: letters, digits and underscores.`,
    );
  }
  if (new Set(names).size < names.length) throw new TypeError('entitySettings: each name is given once.');
  class Entities {
    public constructor() {
      for (const name of ['default', ...names]) Object.assign(this, { [name]: new EntitySettings() });
    }

    public strategy(entity: string): PersistenceStrategy {
      const own: unknown = names.some((name) => name === entity) ? Reflect.get(this, entity) : undefined;
      if (!(own instanceof EntitySettings)) {
        throw new TypeError(`strategy(entity): ${JSON.stringify(entity)} is not one of ${names.join(', ')}.`);
      }
      const all: unknown = Reflect.get(this, 'default');
      return Object.freeze({ ...DEFAULTS, ...said(all), ...said(own) });
    }
  }
  for (const name of ['default', ...names]) {
    Describe(name === 'default' ? 'What is so for all entities.' : `What is different for ${name}.`)(
      Entities.prototype,
      name,
    );
    ValidateNested()(Entities.prototype, name);
    Type(() => EntitySettings)(Entities.prototype, name);
  }
  // Its fields are made by name, which the compiler cannot follow.
  return Entities as unknown as new () => EntitiesSettings<N>;
}

function said(settings: unknown): Partial<PersistenceStrategy> {
  const words = Object.entries(settings as EntitySettings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(words);
}
