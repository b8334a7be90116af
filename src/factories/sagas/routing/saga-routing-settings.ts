import { Rule, type RuleViolation } from '../../../sections/index.js';
import { RoutingSettings } from '../../routing/index.js';

/**
 * Which saga an event starts: a table of rules whose `to` is one saga, `order-fulfilment@2`, or `order-fulfilment` for its
 * highest version. An event that no rule applies to starts what `otherwise` names, or nothing. Subpath:
 * `uno-config/sagas/routing`.
 *
 * @example
 * ```ts
 * @ConfigSection('orders.sagas')
 * class OrderSagas extends SagaRoutingSettings {}
 * ```
 */
export class SagaRoutingSettings extends RoutingSettings {
  @Rule('an event starts one saga', { fields: ['rules', 'otherwise', 'match'] })
  public startsOne(): readonly RuleViolation[] {
    const many = this.rules.flatMap(({ to }, index) =>
      to.length > 1 ? [{ message: 'a rule names one saga', path: `rules.${String(index)}.to` }] : [],
    );
    return [
      ...many,
      ...(this.otherwise.length > 1 ? [{ message: 'otherwise names one saga', path: 'otherwise' }] : []),
      ...(this.match === 'all' ? [{ message: 'the first rule that applies chooses', path: 'match' }] : []),
    ];
  }
}
