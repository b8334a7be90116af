// What the short examples in doc comments may use without declaring it: the settings, the sources, the container and the
// log of an imaginary service. Pages in docs/ do not see this; they show everything.
import type { Container } from 'inversify';
import type { ConfigSource, Duration, SecureValue } from 'uno-config';
import type { TenantContainers } from 'uno-config/tenants';

export declare class PoolSettings {
  min: number;
  max: number;
}

export declare class DatabaseSettings {
  host: string;
  port: number;
  timeout: Duration;
  pool: PoolSettings;
}

export declare class HttpSettings {
  host: string;
  port: number;
  timeout: Duration;
}

export declare class PricingSettings {
  currency: string;
  vat: number;
}

export declare class PaymentSettings {
  apiKey: SecureValue<string>;
}

export declare const container: Container;
export declare const sources: ConfigSource[];
export declare const tenants: TenantContainers;

/** A request's body. */
export declare const body: Buffer;

export declare function report(...values: unknown[]): void;
