// import: projects of other libraries, as settings classes, files and a configuration file of ours.
//
//   files of node-config, convict, .env or Spring -> trees by environment, facts of fields, notes -> classes and YAML
export { importCommand } from './import-command.js';
