/** Rules that others name by `{"$ref": name}`. */
export type Evaluators = Readonly<Record<string, unknown>>;

/** Puts the evaluators in place of what refers to them; each is expanded once, however often it is named. */
export class RuleRefs {
  readonly #evaluators: Evaluators;
  readonly #expanded = new Map<string, unknown>();

  public constructor(evaluators: Evaluators) {
    this.#evaluators = evaluators;
  }

  /** The rule without references; one to an evaluator that there is not stays. Call it for evaluators without circles only. */
  public expand(rule: unknown): unknown {
    if (Array.isArray(rule)) return rule.map((part) => this.expand(part));
    if (typeof rule !== 'object' || rule === null) return rule;
    const name = refIn(rule);
    if (name !== undefined && Object.hasOwn(this.#evaluators, name)) {
      if (!this.#expanded.has(name)) this.#expanded.set(name, this.expand(this.#evaluators[name]));
      return this.#expanded.get(name);
    }
    return Object.fromEntries(Object.entries(rule).map(([key, part]) => [key, this.expand(part)]));
  }
}

/** The evaluators that a rule names, itself and not through others. */
export function refsIn(rule: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (typeof rule !== 'object' || rule === null) return found;
  const name = Array.isArray(rule) ? undefined : refIn(rule);
  if (name !== undefined) found.add(name);
  else for (const part of Object.values(rule)) refsIn(part, found);
  return found;
}

/** Things that name each other, those first that others name; or a circle of them, such as `['a', 'b', 'a']`. */
export type NamedOrder = { readonly order: readonly string[] } | { readonly circle: readonly string[] };

/** @param below what one names */
export function inOrder(names: Iterable<string>, below: (name: string) => Iterable<string>): NamedOrder {
  const done = new Set<string>();
  for (const start of names) {
    // Without recursion: a chain may be as long as there are flags.
    const path: { readonly name: string; readonly rest: Iterator<string> }[] = [];
    const open = new Set<string>();
    const enter = (name: string): void => {
      open.add(name);
      path.push({ name, rest: below(name)[Symbol.iterator]() });
    };
    if (!done.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step = top.rest.next();
      if (step.done === true) {
        open.delete(top.name);
        done.add(top.name);
        path.pop();
      } else if (open.has(step.value)) {
        const members = path.map(({ name }) => name);
        return { circle: [...members.slice(members.indexOf(step.value)), step.value] };
      } else if (!done.has(step.value)) enter(step.value);
    }
  }
  return { order: [...done] };
}

function refIn(rule: object): string | undefined {
  const name: unknown = Object.hasOwn(rule, '$ref') ? Reflect.get(rule, '$ref') : undefined;
  return typeof name === 'string' ? name : undefined;
}
