import { IsEnum, IsInt, IsNumber, IsString, Max, Min } from 'class-validator';
import { ConfigSection, Describe, ListOf, MapOf, Rule, type RuleViolation } from 'uno-config';

export enum Currency {
  Euro = 'EUR',
  Dollar = 'USD',
}

export class ProductSettings {
  @IsString()
  public readonly title: string = '';

  @Describe('The net price of one, in cents.')
  @IsInt()
  @Min(1)
  public readonly price!: number;
}

export class DiscountSettings {
  @Describe('The smallest quantity that gets the discount.')
  @IsInt()
  @Min(2)
  public readonly fromQuantity!: number;

  @IsNumber()
  @Min(0)
  @Max(100)
  public readonly percent!: number;
}

@ConfigSection('pricing', { description: 'What things cost.' })
export class PricingSettings {
  @IsEnum(Currency)
  public readonly currency: Currency = Currency.Euro;

  @Describe('Value added tax in percent, by country.')
  @MapOf(() => Number)
  public readonly vat: Readonly<Record<string, number>> = {};

  @MapOf(() => ProductSettings)
  public readonly products: Readonly<Record<string, ProductSettings>> = {};

  @Describe('Discounts by quantity, the smallest quantity first.')
  @ListOf(() => DiscountSettings)
  public readonly discounts: readonly DiscountSettings[] = [];

  @Describe('No discount is larger than this many percent.')
  @IsNumber()
  @Min(0)
  @Max(100)
  public readonly highestDiscount: number = 100;

  // A rule may find several things wrong, and say where each of them is.
  @Rule('a larger quantity must not get a smaller discount')
  public discountsGrow(): readonly RuleViolation[] {
    return this.discounts.flatMap(({ fromQuantity, percent }, index) => {
      const before = this.discounts[index - 1];
      if (before === undefined || (before.fromQuantity < fromQuantity && before.percent <= percent)) return [];
      return {
        path: `discounts[${String(index)}]`,
        message: `must ask for more than ${String(before.fromQuantity)} pieces and give at least ${String(before.percent)} %`,
      };
    });
  }

  @Rule('no discount may exceed the highest discount', { fields: ['discounts', 'highestDiscount'] })
  public discountsAreAllowed(): boolean {
    return this.discounts.every(({ percent }) => percent <= this.highestDiscount);
  }
}
