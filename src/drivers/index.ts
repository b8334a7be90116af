// drivers: how the packages of databases, brokers and stores are found, which an application installs only when it uses them.
export { loadDriver } from './load-driver.js';
