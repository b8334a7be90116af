import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

/** Whether NATS is there with JetStream; otherwise why not is printed. */
export async function natsIsReachable(): Promise<boolean> {
  try {
    const connection = await connect({ servers: '127.0.0.1:4222', timeout: 5_000 });
    await (await jetstreamManager(connection)).getAccountInfo();
    await connection.close();
    return true;
  } catch {
    process.stderr.write('Skipped: NATS on 127.0.0.1:4222 is not there, or has no JetStream.\n');
    return false;
  }
}
