// spring: the subpath `uno-config/sources/spring`. Settings of a Spring Cloud Config server, or of `uno-config serve`.
//
//   /application/profiles/label -> property sources, highest first -> a layer each, lowest first, with the server's origins
export { springConfigSource, type SpringConfigSourceOptions } from './spring-source.js';
export type { Credential, HttpTls } from '../../../http/index.js';
