type Instances = readonly object[];

/** One set of instances made from another: where they differ. */
interface Step {
  readonly from: WeakRef<Instances>;
  readonly replaced: readonly number[];
}

const steps = new WeakMap<Instances, Step>();

/** Notes which instances of a set are not those of the set that it was made from, so that nobody need look for them. */
export function rememberReplaced(before: Instances, after: Instances, replaced: readonly number[]): void {
  steps.set(after, { from: new WeakRef(before), replaced: replaced.toSorted((one, other) => one - other) });
}

/**
 * The indexes of the sections whose instance is another one, in their order. Known without a look at the others for two
 * generations one of which was made from the other, either way round.
 */
export function replacedSections(before: Instances, after: Instances): readonly number[] {
  if (before === after) return [];
  return stepBetween(before, after) ?? stepBetween(after, before) ?? compared(before, after);
}

function stepBetween(before: Instances, after: Instances): readonly number[] | undefined {
  const step = steps.get(after);
  return step?.from.deref() === before ? step.replaced : undefined;
}

function compared(before: Instances, after: Instances): readonly number[] {
  const replaced: number[] = [];
  for (let index = 0; index < after.length; index++) if (after[index] !== before[index]) replaced.push(index);
  return replaced;
}
