import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Order } from '../../factories/sagas/order-saga.js';
import { serviceProgram } from '../service-program.js';

/** Starts a run in a process of its own, which dies where it is told to; its signal. */
export async function dieAt(world: object, id: string, place: string, order: Order): Promise<string | null> {
  const given = [serviceProgram('sagas/saga-until-killed.js'), JSON.stringify(world), id, place, JSON.stringify(order)];
  const child = spawn(process.execPath, given, { stdio: ['ignore', 'ignore', 'inherit'] });
  await once(child, 'exit');
  return child.signalCode;
}
