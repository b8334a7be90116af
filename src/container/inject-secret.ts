import { inject, LazyServiceIdentifier, tagged } from 'inversify';
import type { SecureValue } from '../core/index.js';
import type { SectionClass } from '../sections/index.js';
import { type InjectionOptions, scopeOf } from './inject-section.js';
import { requestSecret, requestSecretLater, type ConsumerClass } from './secret-requests.js';

/** The tag of an injection that names its consumer. Only this folder can write it, or read it. */
export const CONSUMER = Symbol('uno-config.consumer');

/** The names of a settings class's secrets: `apiKey`, `pool.password`, `keys.primary`, `tokens.0`. */
export type SecretFieldOf<T, Depth extends 0[] = [0, 0, 0, 0]> = Depth extends [0, ...infer Less extends 0[]]
  ? { [K in keyof T & string]: SecretFieldBelow<K, NonNullable<T[K]>, Less> }[keyof T & string]
  : never;

type SecretFieldBelow<K extends string, V, Less extends 0[]> =
  V extends SecureValue<unknown>
    ? K
    : V extends ((...parameters: never[]) => unknown) | string | number | bigint | boolean | symbol
      ? never
      : V extends readonly (infer I)[]
        ? I extends SecureValue<unknown>
          ? `${K}.${number}`
          : `${K}.${number}.${SecretFieldOf<I, Less>}`
        : `${K}.${SecretFieldOf<V, Less>}`;

/**
 * Injects a {@link SecretHandle} of a secret into a constructor parameter or property: the permission to use it, for this
 * consumer alone. Where the field or the access policy names readers, only they receive a handle; for any other class, and
 * for `container.get`, it is not bound. With `@named(name)`, that of the section's use under this name; with a scope, the
 * secret as that module, or component of one, sees it.
 *
 * `section` is the settings class, or a function that gives it where the two files import each other. Subpath:
 * `uno-config`.
 *
 * @throws TypeError when `section` is neither, or the scope names no module.
 *
 * @example
 * ```ts
 * @injectable()
 * class PaymentClient {
 *   constructor(@InjectSecret(PaymentSettings, 'apiKey') private readonly apiKey: SecretHandle<string>) {}
 *
 *   public async charge(): Promise<void> {
 *     await this.apiKey.useAsync(async (key) => report(await fetch('https://pay.example.com', { headers: { key } })));
 *   }
 * }
 * ```
 */
export function InjectSecret<T extends object>(
  section: SectionClass<T> | (() => SectionClass<T>),
  field: SecretFieldOf<T>,
  options: InjectionOptions = {},
): ParameterDecorator & PropertyDecorator {
  const scope = scopeOf('InjectSecret', options);
  if (typeof (section as unknown) !== 'function') {
    throw new TypeError(
      'InjectSecret(section): name a settings class. One that is declared later in the file or imported in a circle is not there yet; write () => the class.',
    );
  }
  return (target: object, property: string | symbol | undefined, index?: number) => {
    // For a constructor parameter the target is the class itself, for a property the prototype.
    const consumer = (typeof target === 'function' ? target : target.constructor) as ConsumerClass;
    decorate(inject(identifierFor(section, field, consumer, scope)), target, property, index);
    decorate(tagged(CONSUMER, consumer), target, property, index);
  };
}

function identifierFor<T extends object>(
  section: SectionClass<T> | (() => SectionClass<T>),
  field: string,
  consumer: ConsumerClass,
  scope: string | undefined,
): symbol | LazyServiceIdentifier {
  if (isClass(section)) return requestSecret(section, field, consumer, scope).identifier;
  const find = requestSecretLater(section, field, consumer, scope);
  return new LazyServiceIdentifier(() => find().identifier);
}

/** Classes have a prototype; functions that give one are arrows and have none. */
function isClass<T extends object>(section: SectionClass<T> | (() => SectionClass<T>)): section is SectionClass<T> {
  return (section as { readonly prototype?: unknown }).prototype !== undefined;
}

function decorate(
  decorator: ParameterDecorator & PropertyDecorator,
  target: object,
  property: string | symbol | undefined,
  index: number | undefined,
): void {
  if (index === undefined && property !== undefined) decorator(target, property);
  else decorator(target, property, index ?? 0);
}
