const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * The address of a server, checked. Plain HTTP is for this machine only: everybody on the way reads what it carries.
 *
 * @param option how the option is called that holds it, for messages
 * @throws TypeError naming the option; never with the address, which may hold credentials.
 */
export function httpAddress(option: string, address: unknown, example: string): URL {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  const isWeb = url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
  if (!isWeb || url.username !== '' || url.password !== '') {
    throw new TypeError(`${option} must be a URL without credentials, such as ${example}.`);
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw new TypeError(`${option} must begin with https:// unless it is on this machine.`);
  }
  return url;
}
