import { auditTailCommand } from './audit-tail-command.js';
import { auditVerifyCommand } from './audit-verify-command.js';
import type { Command } from './command.js';
import { diffCommand } from './diff-command.js';
import { explainCommand } from './explain-command.js';
import { docsCommand, envExampleCommand, schemaCommand, schemaDiffCommand } from './generate/index.js';
import {
  flagsEvaluateCommand,
  flagsExpiredCommand,
  flagsExplainCommand,
  flagsListCommand,
  flagsStaleCommand,
  flagsUnknownCommand,
} from './flags/index.js';
import { importCommand } from './import/index.js';
import { initCommand } from './init-command.js';
import { migrateCommand } from './migrate/index.js';
import { listCommand } from './list-command.js';
import { printCommand } from './print-command.js';
import { renderCommand } from './render/index.js';
import {
  projectionsForgetCommand,
  projectionsLagCommand,
  projectionsListCommand,
  projectionsPauseCommand,
  projectionsRebuildCommand,
  projectionsResumeCommand,
} from './projections-commands.js';
import { scanCommand } from './scan-command.js';
import {
  encryptCommand,
  keysDestroyCommand,
  keysGenerateCommand,
  keysListCommand,
  keysRetireCommand,
  keysRotateCommand,
  sealCommand,
} from './secrets/index.js';
import {
  tenantsDiffCommand,
  tenantsEraseCommand,
  tenantsExplainCommand,
  tenantsExportCommand,
  tenantsListCommand,
  tenantsUnusedCommand,
  tenantsValidateCommand,
  tenantsWhoOverridesCommand,
} from './tenants/index.js';
import { fleetCommand, historyCommand, pullCommand, pushCommand, rollbackCommand } from './store/index.js';
import { serveCommand } from './serve-command.js';
import { treeCommand } from './tree-command.js';
import { validateCommand } from './validate-command.js';
import { watchCommand } from './watch-command.js';

export const COMMANDS: readonly Command[] = [
  validateCommand,
  explainCommand,
  printCommand,
  renderCommand,
  treeCommand,
  listCommand,
  diffCommand,
  watchCommand,
  scanCommand,
  initCommand,
  importCommand,
  pushCommand,
  pullCommand,
  historyCommand,
  rollbackCommand,
  fleetCommand,
  serveCommand,
  schemaCommand,
  schemaDiffCommand,
  docsCommand,
  envExampleCommand,
  migrateCommand,
  tenantsListCommand,
  tenantsValidateCommand,
  tenantsExplainCommand,
  tenantsDiffCommand,
  tenantsWhoOverridesCommand,
  tenantsUnusedCommand,
  tenantsExportCommand,
  tenantsEraseCommand,
  projectionsListCommand,
  projectionsLagCommand,
  projectionsPauseCommand,
  projectionsResumeCommand,
  projectionsRebuildCommand,
  projectionsForgetCommand,
  flagsListCommand,
  flagsEvaluateCommand,
  flagsExplainCommand,
  flagsExpiredCommand,
  flagsStaleCommand,
  flagsUnknownCommand,
  auditVerifyCommand,
  auditTailCommand,
  encryptCommand,
  sealCommand,
  keysGenerateCommand,
  keysListCommand,
  keysRotateCommand,
  keysRetireCommand,
  keysDestroyCommand,
];
