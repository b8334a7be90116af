import { systemCode } from '../../core/index.js';

/** Milliseconds. Two processes of one number start further apart than this. */
const SAME_START = 500;

/** Names this process, all its threads included, on its machine. */
export function processMark(): string {
  return `${String(process.pid)}-${String(started())}`;
}

export function hasEnded(mark: string): boolean {
  const [pid, start] = mark.split('-').map(Number);
  if (pid === undefined || start === undefined || !Number.isSafeInteger(pid) || pid < 1) return false;
  // A container that is started again gives its processes the same numbers.
  if (pid === process.pid) return Math.abs(start - started()) > SAME_START;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // With EPERM it is there and belongs to another user.
    return systemCode(error) === 'ESRCH';
  }
}

/** When this process started, in milliseconds of a clock that nobody sets; the same in all its threads. */
function started(): number {
  return Math.max(0, Math.round(Number(process.hrtime.bigint()) / 1e6 - process.uptime() * 1000));
}
