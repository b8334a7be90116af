/**
 * A Map of the configuration: `instanceof Map`, and what would change it throws. `new Map(map)` gives an ordinary one;
 * JSON shows it as an object.
 */
export class ImmutableMap<V> extends Map<string, V> {
  public constructor(entries: Iterable<readonly [string, V]>) {
    super();
    // Not by the constructor above, which calls the methods that refuse.
    for (const [key, value] of entries) Map.prototype.set.call(this, key, value);
    Object.freeze(this);
  }

  public override set(): never {
    return refuse();
  }

  public override delete(): never {
    return refuse();
  }

  public override clear(): never {
    return refuse();
  }

  public toJSON(): Record<string, V> {
    return Object.fromEntries(this);
  }
}

function refuse(): never {
  throw new TypeError('A Map of the configuration cannot be changed; copy it first: new Map(map).');
}
