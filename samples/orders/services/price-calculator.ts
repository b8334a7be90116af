import { injectable } from 'inversify';
import { InjectMonitor, type SectionMonitor } from 'uno-config';
import { PricingSettings } from '../settings/pricing-settings.js';

/** What an order would cost; amounts in cents. */
export interface Quote {
  readonly product: string;
  readonly quantity: number;
  readonly country: string;
  readonly currency: string;
  readonly net: number;
  readonly discount: number;
  readonly tax: number;
  readonly total: number;
}

/** What the caller asked for cannot be quoted. */
export class NoQuoteError extends Error {}

/**
 * Prices orders. Prices may change while the service runs, so it holds the section's monitor and asks `current` once per
 * quote: all of one quote is computed from one and the same settings.
 */
@injectable()
export class PriceCalculator {
  readonly #pricing: SectionMonitor<PricingSettings>;

  public constructor(@InjectMonitor(PricingSettings) pricing: SectionMonitor<PricingSettings>) {
    this.#pricing = pricing;
  }

  /** @throws NoQuoteError for a product or country without a price, and for quantities below 1. */
  public quote(product: string, quantity: number, country: string): Quote {
    const { currency, products, vat, discounts } = this.#pricing.current;
    const { price } = entry(products, product, 'product');
    const rate = entry(vat, country, 'country');
    if (!Number.isSafeInteger(quantity) || quantity < 1)
      throw new NoQuoteError('quantity must be a whole number from 1');
    const percent = discounts.findLast(({ fromQuantity }) => quantity >= fromQuantity)?.percent ?? 0;
    const full = price * quantity;
    const discount = Math.round((full * percent) / 100);
    const net = full - discount;
    const tax = Math.round((net * rate) / 100);
    return { product, quantity, country, currency, net, discount, tax, total: net + tax };
  }
}

function entry<T>(map: Readonly<Record<string, T>>, key: string, what: string): T {
  const value = Object.hasOwn(map, key) ? map[key] : undefined;
  if (value === undefined) throw new NoQuoteError(`${what} must be one of ${Object.keys(map).join(', ')}`);
  return value;
}
