// A program that starts a run and dies where its test says.
import 'reflect-metadata';
import { bullmqProgram } from './bullmq-world.js';
import { Effects, type Order } from '../../factories/sagas/order-saga.js';
import { sagaProgram, type DatabasePlace } from './saga-world.js';

const [place = '{}', id = '', dieAt = '', order = '{}'] = process.argv.slice(2);
Effects.dieAt = dieAt;
const [, within] = /^within ([\d.]+)$/.exec(dieAt) ?? [];
if (within !== undefined) setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(within));
// Written by the test that starts it: a database for DBOS, or a schema for BullMQ.
const at = JSON.parse(place) as DatabasePlace | { schema: string };
const program = 'schema' in at ? await bullmqProgram(at.schema) : await sagaProgram(at);
const run = await program.sagas.start('order', JSON.parse(order) as Order, { id });
await run.outcome();
await program.close();
