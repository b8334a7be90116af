// render: the settings in effect as one document to deploy, with references where secrets are.
export { renderCommand } from './render-command.js';
