// A program that starts a run and dies where its test says.
import 'reflect-metadata';
import { Effects, sagaProgram, type DatabasePlace, type Order } from './saga-world.js';

const [place = '{}', id = '', dieAt = '', order = '{}'] = process.argv.slice(2);
Effects.dieAt = dieAt;
// Written by the test that starts it.
const program = await sagaProgram(JSON.parse(place) as DatabasePlace);
const run = await program.sagas.start('order', JSON.parse(order) as Order, { id });
await run.outcome();
await program.close();
