// server: the subpath `uno-config/server`. Settings for other programs, by the protocol of Spring Cloud Config.
//
//   request -> target (path tricks refused) -> caller -> access -> answer (views of the application) -> audit -> sent
//   view (application, label, environment) -> slots of its sources -> layers -> properties -> moved -> who waits is told
export * from './config-server.js';
export type { ServerAudit } from './read-records.js';
export type { ServedApplication } from './served-applications.js';
export type { ServerClient } from './server-client.js';
