import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  context as contextApi,
  INVALID_SPAN_CONTEXT,
  metrics as metricsApi,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type Meter,
  type MeterProvider,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { IsInt } from 'class-validator';
import type { ConfigTracerPort, SecureValue } from '../../src/core/index.js';
import { openTelemetryMetrics, openTelemetryTracer } from '../../src/observability/index.js';
import { ConfigStore, loadGeneration, loadSettings, ReloadService, type LoadOptions } from '../../src/runtime/index.js';
import { ConfigSection, Secure } from '../../src/sections/index.js';
import { AuditLog, type AuditEvent } from '../../src/security/index.js';
import { object } from '../../src/sources/index.js';
import { caught } from '../sources/caught.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 80;
}

@ConfigSection('token')
class TokenSettings {
  @Secure({ audit: 'required' }) readonly token!: SecureValue<string>;
}

const optionsOf = (more: Partial<LoadOptions>): LoadOptions => ({
  sections: [HttpSettings],
  sources: [{ load: () => ({}) }],
  environment: 'test',
  env: {},
  ...more,
});

afterEach(() => {
  metricsApi.disable();
  trace.disable();
  contextApi.disable();
});

/** What a program's SDK would get to see; the API alone does nothing. */
function registerMeter(): { readonly seen: string[]; readonly gauges: Set<unknown> } {
  const seen: string[] = [];
  const gauges = new Set<unknown>();
  const meter = {
    createCounter: (name: string, { unit }: { unit: string }) => ({
      add: (value: number, attributes: object) =>
        seen.push(`${name} [${unit}] +${String(value)} ${JSON.stringify(attributes)}`),
    }),
    createHistogram: (name: string, { unit }: { unit: string }) => ({
      record: (_: number, attributes: object) => seen.push(`${name} [${unit}] ${JSON.stringify(attributes)}`),
    }),
    createObservableGauge: (name: string) => ({
      addCallback: (look: (result: { observe: (value: number) => void }) => void) => {
        gauges.add(look);
        look({ observe: (value) => seen.push(`${name} ${typeof value}`) });
      },
      removeCallback: (look: unknown) => gauges.delete(look),
    }),
  };
  // Only what is called is there.
  const provider = { getMeter: () => meter as unknown as Meter } satisfies MeterProvider;
  metricsApi.setGlobalMeterProvider(provider);
  return { seen, gauges };
}

describe('openTelemetryMetrics', () => {
  it('reports loads and reloads to the registered meter, with units', async () => {
    const { seen } = registerMeter();
    const options = optionsOf({ metrics: await openTelemetryMetrics() });
    const reloads = new ReloadService(new ConfigStore(await loadGeneration(options)), options);
    await reloads.reload('asked');
    expect(seen).toEqual(
      expect.arrayContaining([
        'config.loads [{load}] +1 {"result":"ok"}',
        'config.load.duration [s] {"result":"ok"}',
        'config.load.phase.duration [s] {"phase":"bind"}',
        'config.reloads [{reload}] +1 {"result":"unchanged"}',
        'config.generation.age number',
      ]),
    );
  });

  it('leaves no gauge behind once the reload service is closed', async () => {
    const { gauges } = registerMeter();
    const options = optionsOf({ metrics: await openTelemetryMetrics() });
    const reloads = new ReloadService(new ConfigStore(await loadGeneration(options)), options);
    const before = gauges.size;
    await reloads.close();
    expect([before, gauges.size]).toEqual([1, 0]);
  });

  it('gives a snapshot as well', async () => {
    const metrics = await openTelemetryMetrics();
    await loadGeneration(optionsOf({ metrics }));
    expect(metrics.snapshot().counters).toEqual([
      { name: 'config.loads', unit: '{load}', attributes: { result: 'ok' }, value: 1 },
    ]);
  });
});

interface RecordedSpan {
  readonly name: string;
  readonly attributes: Record<string, unknown>;
  status?: unknown;
  ended: boolean;
}

function registerTracer(): readonly RecordedSpan[] {
  const spans: RecordedSpan[] = [];
  const startActiveSpan = (name: string, options: { attributes: object }, work: (span: Span) => unknown): unknown => {
    const record: RecordedSpan = { name, attributes: { ...options.attributes }, ended: false };
    spans.push(record);
    const span = {
      setAttributes: (more: object) => Object.assign(record.attributes, more),
      setAttribute: (key: string, value: unknown) => (record.attributes[key] = value),
      setStatus: (status: unknown) => (record.status = status),
      end: () => (record.ended = true),
    };
    // Only what is called is there.
    return work(span as unknown as Span);
  };
  // As above.
  trace.setGlobalTracerProvider({ getTracer: () => ({ startActiveSpan }) as unknown as Tracer });
  return spans;
}

describe('openTelemetryTracer', () => {
  it('shows a reload and the load within it as spans', async () => {
    const spans = registerTracer();
    const tracer = await openTelemetryTracer();
    const store = new ConfigStore(await loadGeneration(optionsOf({})));
    await new ReloadService(store, optionsOf({ tracer })).reload('asked');
    expect(spans).toEqual([
      { name: 'config.reload', attributes: { 'config.result': 'unchanged', 'config.generation': 1 }, ended: true },
      {
        name: 'config.load',
        attributes: { 'config.sources': 1, 'config.sections': 1, 'config.reload': true, 'config.generation': 1 },
        ended: true,
      },
    ]);
  });

  it('shows a failure by its code alone', async () => {
    const spans = registerTracer();
    const tracer = await openTelemetryTracer();
    const sources = [{ load: () => ({ http: { port: 'hunter2' } }) }];
    const error = await caught(async () => loadGeneration(optionsOf({ tracer, sources })));
    expect(error.code).toBe('invalid-settings');
    expect(spans).toMatchObject([
      { attributes: { 'error.type': 'invalid-settings' }, status: { code: SpanStatusCode.ERROR }, ended: true },
    ]);
    expect(JSON.stringify(spans)).not.toContain('hunter2');
  });
});

describe('the trace of an audit event', () => {
  const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };

  /** As a program's SDK registers it, which the API alone does not. */
  function registerContexts(): void {
    const contexts = new AsyncLocalStorage<Context>();
    contextApi.setGlobalContextManager({
      active: () => contexts.getStore() ?? ROOT_CONTEXT,
      with: (context, work, self, ...parameters) => contexts.run(context, () => work.call(self, ...parameters)),
      bind: (_, target) => target,
      enable() {
        return this;
      },
      disable() {
        return this;
      },
    });
  }

  async function recorded(
    work: (audit: AuditLog) => Promise<void>,
    tracer?: ConfigTracerPort,
  ): Promise<readonly AuditEvent[]> {
    const events: AuditEvent[] = [];
    const sink = {
      name: 'memory',
      append: async (more: readonly AuditEvent[]) => Promise.resolve(void events.push(...more)),
    };
    await work(new AuditLog({ sinks: [sink], tracer }));
    return events;
  }

  it.each([
    ['the audit log has the tracer', true],
    ['the load has it, which the audit log needs not be told', false],
  ])('is that of the span in which a secret is used, and absent outside of any: %s', async (_, logHasIt) => {
    registerContexts();
    const tracer = await openTelemetryTracer();
    const events = await recorded(
      async (audit) => {
        const { token } = await loadSettings(TokenSettings, {
          ...optionsOf({ sources: [object({ token: { token: 't-1' } })] }),
          secrets: { audit },
          tracer: logHasIt ? undefined : tracer,
        });
        const active = trace.setSpan(contextApi.active(), trace.wrapSpanContext(spanContext));
        await contextApi.with(active, async () => token.useAsync(async () => Promise.resolve()));
        await token.useAsync(async () => Promise.resolve());
      },
      logHasIt ? tracer : undefined,
    );
    expect(events.map(({ path, traceId }) => [path, traceId])).toEqual([
      ['token.token', spanContext.traceId],
      ['token.token', undefined],
    ]);
  });

  it('is absent where a span is active that nobody records', async () => {
    registerContexts();
    const events = await recorded(
      async (audit) => {
        const active = trace.setSpan(contextApi.active(), trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
        await contextApi.with(active, async () => audit.record({ action: 'use' }));
      },
      await openTelemetryTracer(),
    );
    expect(events.map((event) => 'traceId' in event)).toEqual([false]);
  });
});

describe('a tracer that fails', () => {
  const broken: readonly [string, ConfigTracerPort][] = [
    ['before the work', { span: () => Promise.reject(new Error('no tracer')) }],
    [
      'after the work',
      {
        span: async (_name, _attributes, work) => {
          await work({
            set: () => {
              throw new Error('no attributes');
            },
            fail: () => undefined,
          });
          throw new Error('no tracer');
        },
      },
    ],
  ];

  it.each(broken)('%s stops no load, which runs once', async (_, tracer) => {
    let loads = 0;
    const source = {
      load: () => {
        loads++;
        return {};
      },
    };
    const generation = await loadGeneration(optionsOf({ tracer, sources: [source] }));
    expect([generation.number, loads]).toEqual([1, 1]);
  });
});
