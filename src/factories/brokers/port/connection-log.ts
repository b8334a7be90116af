import { thrownInWords, type ConfigLogger } from '../../../core/index.js';

/** Logs events of a connection. Only the kind of the broker's error is logged: its message may quote credentials. */
export function connectionLog(name: string, logger: ConfigLogger): (kind: string, error: unknown) => void {
  return (event, error) => {
    const kind = thrownInWords(error);
    const message = `A connection of ${name} was lost and is being reopened: ${kind}.`;
    logger.log({ level: 'warn', event: `config.broker.${event}`, message, fields: { broker: name, kind } });
  };
}
