import { AsyncLocalStorage } from 'node:async_hooks';

interface Call {
  readonly owner: InsideCall;
  readonly name: string;
  /** Calls outlive themselves in timers and other work that they begin: those wait for nothing. */
  isOver: boolean;
  readonly outer: Call | undefined;
}

const calls = new AsyncLocalStorage<Call>();

/** Knows whether code runs that a service has called and waits for: that must not wait for the service. */
export class InsideCall {
  public get caller(): string | undefined {
    for (let call = calls.getStore(); call !== undefined; call = call.outer) {
      if (call.owner === this && !call.isOver) return call.name;
    }
    return undefined;
  }

  /** Calls a function; its result or error is that of the call, at no later time. */
  public within<T>(name: string, act: () => T): T {
    const around = calls.getStore();
    const call: Call = { owner: this, name, isOver: false, outer: around?.isOver === true ? around.outer : around };
    const end = (): void => {
      call.isOver = true;
    };
    let isPending = false;
    try {
      const given = calls.run(call, act);
      isPending = given instanceof Promise;
      if (given instanceof Promise) given.then(end, end);
      return given;
    } finally {
      if (!isPending) end();
    }
  }
}
