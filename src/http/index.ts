// http: asks servers over node:http(s), with a limit for everything that may take long or grow large.
//
//   address + credentials -> request -> (connect, headers, idle, total) -> status, headers, body -> lines -> events
//
// And for servers: how often a login may be tried, and how often that is reported.
export * from './client-error.js';
export * from './credential.js';
export * from './event-stream.js';
export * from './google-client.js';
export * from './http-address.js';
export * from './http-client.js';
export * from './http-failure.js';
export * from './login-limit.js';
export * from './retry-after.js';
export * from './tally.js';
