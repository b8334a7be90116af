export { ByteSize } from './byte-size.js';
export { Duration } from './duration.js';
