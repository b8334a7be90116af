create table if not exists orders (
  tenant_id text not null,
  id text not null,
  product text not null,
  quantity int not null,
  total int not null,
  currency text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, id)
);
create index if not exists orders_by_time on orders (tenant_id, at desc);
