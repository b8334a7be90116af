// What is optional, and not installed here, is missed by no bundler.
import { writeFileSync } from 'node:fs';
import { openTelemetryTracer } from 'uno-config/observability';

void openTelemetryTracer().then((tracer) => {
  writeFileSync('outcome.json', String(tracer));
});
