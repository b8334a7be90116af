// report: every environment, region and tenant at once, as a page, as data, or for code review.
export { htmlReport } from './html-report.js';
export { sarifReport } from './sarif-report.js';
export { surveyed } from './surveyed.js';
export type { ValidationReport } from './validation-report.js';
