/**
 * A Date of the configuration: `instanceof Date`, and every setter throws. `structuredClone` and `new Date(date)` give
 * an ordinary Date. Only `Date.prototype.setTime.call(date)` and its like, borrowed on purpose, still get through: the
 * language has no way to freeze the time itself.
 *
 * @example
 * ```ts
 * declare const settings: { readonly validFrom: Date };
 * const later = new Date(settings.validFrom);
 * later.setDate(later.getDate() + 1);
 * ```
 */
export class ImmutableDate extends Date {
  public constructor(time: number) {
    super(time);
    Object.freeze(this);
  }
}

function refuse(): never {
  throw new TypeError('A Date of the configuration cannot be changed; copy it first: new Date(date).');
}

// All that this Node has, setYear of old included.
for (const name of Object.getOwnPropertyNames(Date.prototype)) {
  if (name.startsWith('set')) Object.defineProperty(ImmutableDate.prototype, name, { value: refuse });
}
