import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Order } from '../../factories/sagas/order-saga.js';

const built = join(process.cwd(), '.build/tests/services');
const SCRIPT = join(built, 'sagas/saga-until-killed.js');

/** Starts a run in a process of its own, which dies where it is told to; its signal. */
export async function dieAt(world: object, id: string, place: string, order: Order): Promise<string | null> {
  // The clients of services are not among the packages of the root.
  if (!existsSync(join(built, 'node_modules'))) {
    symlinkSync(join(process.cwd(), 'tests/services/node_modules'), join(built, 'node_modules'));
  }
  const given = [SCRIPT, JSON.stringify(world), id, place, JSON.stringify(order)];
  const child = spawn(process.execPath, given, { stdio: ['ignore', 'ignore', 'inherit'] });
  await once(child, 'exit');
  return child.signalCode;
}
