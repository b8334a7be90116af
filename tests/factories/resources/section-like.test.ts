import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { mysql, MysqlSettings } from '../../../src/factories/databases/mysql/index.js';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { unitOfWork } from '../../../src/factories/transactions/index.js';
import { ConfigSection, section, type SectionInput } from '../../../src/index.js';

@ConfigSection('http')
class HttpSettings {
  @IsString()
  public readonly host: string = 'localhost';
}

@ConfigSection('orders.db')
class OrdersDb extends PostgresSettings {}

/** What the compiler refuses, as a program without types has it. */
function wrongly(from: unknown): SectionInput<PostgresSettings> {
  return from as SectionInput<PostgresSettings>;
}

describe('a database from another class of settings', () => {
  it.each([
    ['class', HttpSettings, 'HttpSettings, which lacks tls, pool, replicas and 4 more.'],
    [
      'placed class',
      section(HttpSettings, { path: 'db' }),
      'HttpSettings, which lacks tls, pool, replicas and 4 more.',
    ],
    ['class that is none of settings', Date, 'Date, which lacks host, tls, pool and 5 more.'],
    ['database of another kind', MysqlSettings, 'MysqlSettings, which lacks idleInTransactionTimeout.'],
    ['path', 'orders.db', 'a string.'],
  ])('is refused by what the %s lacks', (_, from, got) => {
    const make = (): unknown => pg({ name: 'orders', from: wrongly(from) });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(`pg: from must be PostgresSettings, or a class that extends it; got ${got}`);
  });

  it('takes the class, one that extends it, a placed one, and one with the same fields', () => {
    class Alike {
      public readonly isAlike = true;
    }
    // Another copy of the package: nothing is inherited from this one.
    Object.assign(Alike.prototype, new PostgresSettings());
    for (const from of [PostgresSettings, OrdersDb, section(OrdersDb, { path: 'replica' }), Alike]) {
      expect(pg({ name: 'orders', from: wrongly(from) }).from).toEqual([from]);
    }
  });

  it('is refused by other makers in their own name', () => {
    const database = pg({ name: 'orders', from: OrdersDb });
    // As a program without types has it.
    const from = HttpSettings as never;
    expect(() => unitOfWork({ over: database, from })).toThrow('unitOfWork: from must be TransactionSettings, or');
    expect(() => mysql({ name: 'shop', from: OrdersDb as never })).toThrow('OrdersDb, which lacks connectTimeout.');
  });
});
