import type { FieldType } from '../../binding/index.js';
import { ByteSize, Duration } from '../../sections/index.js';
import type { FieldFacts } from './field-facts.js';

/** The smallest and the largest amount that `@IsDuration` or `@IsByteSize` allows, as files write them. */
export function amountBounds(type: FieldType): { readonly least?: string; readonly most?: string } {
  if (type.kind === 'list' || type.kind === 'map') return amountBounds(type.item);
  if (type.kind !== 'duration' && type.kind !== 'byte-size') return {};
  const { minimum, maximum } = type;
  const text = (size: number): string =>
    String(type.kind === 'duration' ? Duration.ofMilliseconds(size) : ByteSize.ofBytes(size));
  return {
    ...(minimum !== undefined && { least: text(minimum) }),
    ...(maximum !== undefined && { most: text(maximum) }),
  };
}

/** What a person should know of a field, one sentence each: its description first. */
export function fieldNotes({ field, constraints }: FieldFacts): readonly string[] {
  const { description, requiredIn, restartRequired, secure } = field.declaration;
  const { least, most } = amountBounds(field.type);
  const bounds = [
    ...(least === undefined ? [] : [`at least ${least}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
  ];
  const { unsaid } = constraints;
  return [
    ...(description === undefined ? [] : [asSentence(description)]),
    ...(bounds.length === 0
      ? []
      : [
          asSentence(
            `${bounds[0]?.replace('at', 'At') ?? ''}${bounds
              .slice(1)
              .map((one) => `, ${one}`)
              .join('')}`,
          ),
        ]),
    ...(secure === undefined ? [] : [`A secret, level ${secure.level}.`]),
    ...(requiredIn === undefined ? [] : [`Required in ${requiredIn.join(', ')}.`]),
    ...(restartRequired === true ? ['Changes take effect after a restart.'] : []),
    ...(unsaid.length === 0 ? [] : [`Checked by ${unsaid.join(', ')}.`]),
  ];
}

function asSentence(text: string): string {
  return /[.!?…]$/.test(text.trimEnd()) ? text.trimEnd() : `${text.trimEnd()}.`;
}
