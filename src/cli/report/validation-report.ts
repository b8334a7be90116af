import type { Environment } from '../../core/index.js';
import type { ReportedIssue } from '../environment-report.js';

export interface ReportedPlace {
  readonly environment: Environment;
  readonly region: string | null;
  readonly ok: boolean;
  /** How many settings there are; 0 where they are not valid. */
  readonly settings: number;
  /** By the id of each tenant, whether its settings are valid; empty without tenants. */
  readonly tenants: Readonly<Record<string, boolean>>;
}

/** Something that is wrong, or will be, and where. */
export interface ReportedFinding extends ReportedIssue {
  readonly level: 'error' | 'warning';
  /** Indexes of the places, each with the tenants there; `null` for the base. */
  readonly where: readonly { readonly place: number; readonly tenant: string | null }[];
}

export interface ReportedSetting {
  readonly path: string;
  /** How well a secret is kept; `masked` for what is hidden by its name or its content; `null` for what is none. */
  readonly secret: string | null;
  /** True where places have different values. */
  readonly drifts: boolean;
  /** By the index of the place; `null` where it is not set, or the settings are not valid. Secrets are masked. */
  readonly values: readonly ({ readonly value: unknown; readonly from: string | null } | null)[];
}

export interface ValidationReport {
  readonly file: string;
  readonly ok: boolean;
  readonly places: readonly ReportedPlace[];
  readonly findings: readonly ReportedFinding[];
  readonly settings: readonly ReportedSetting[];
  /** Files of the sources that no place reads; `null` where some place is not valid, so that nobody knows. */
  readonly unused: readonly string[] | null;
}
