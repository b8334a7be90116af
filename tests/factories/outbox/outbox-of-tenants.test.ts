import { describe, expect, it } from '@jest/globals';
import { pg, PostgresSettings } from '../../../src/factories/databases/pg/index.js';
import { tenantDatabase, TenancySettings } from '../../../src/factories/databases/tenants/index.js';
import { inbox, outbox } from '../../../src/factories/outbox/index.js';
import { unitOfWork } from '../../../src/factories/transactions/index.js';

const database = pg({ name: 'orders', from: PostgresSettings });
const byTenant = tenantDatabase({ over: database, from: TenancySettings });

describe('An outbox in a database of tenants', () => {
  it('is refused when it is defined, with the database to name instead', () => {
    expect(() => outbox({ over: byTenant, source: '/orders' })).toThrow(
      'outbox: over must be what pg(…) or mysql(…) gives; got what tenantDatabase(…) gives: an outbox is in one database, and tenants may have many. Give the one that it is over, and raise events in a unit of work over that one.',
    );
  });

  it('is refused for a unit of work of tenants, and so is its inbox', () => {
    const events = outbox({ over: database, source: '/orders' });
    // As a program without types has it.
    const given = events as never;
    expect(() => unitOfWork({ over: byTenant, outbox: given })).toThrow('tenants of tenantDatabase(…) may have many');
    expect(() => inbox({ consumer: 'billing', over: unitOfWork({ over: byTenant }) })).toThrow(
      'inbox: over must be what unitOfWork(…) gives, over pg(…) or mysql(…); got one over tenantDatabase(…)',
    );
    expect(unitOfWork({ over: database, outbox: events }).needs).toEqual([database, events]);
  });
});
