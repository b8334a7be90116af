import { foldKey } from '../../core/index.js';

/** `ORDERS_SERVICE_HOST`, `ORDERS_SERVICE_PORT_HTTP`, `ORDERS_PORT`, `ORDERS_PORT_80_TCP_ADDR`. */
const LINK =
  /^(.+?)_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/** What the one of them says that could be a setting of anybody. */
const ADDRESS = /^(?:tcp|udp|sctp):\/\//;

/**
 * The way out for a variable that Kubernetes sets in every container for a service of the namespace; `undefined` for any
 * other. One called `app` takes the prefix `APP_`.
 */
export function serviceLinkHint(name: string, text: string, prefix: string): string | undefined {
  const [, service] = LINK.exec(name) ?? [];
  if (service === undefined) return undefined;
  if (name === `${service}_PORT` && !ADDRESS.test(text)) return undefined;
  const shown = service.toLowerCase().replaceAll('_', '-');
  const keys = ['PORT', 'SERVICE'].map((word) => `'${foldKey(`${service}_${word}`.slice(prefix.length))}*'`);
  return (
    `Kubernetes sets it for the service "${shown}": write enableServiceLinks: false in the spec of the pod, ` +
    `choose another prefix, or foreignKeys: [${keys.join(', ')}].`
  );
}
