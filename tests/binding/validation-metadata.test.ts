import { describe, expect, it } from '@jest/globals';
import { IsInt, IsOptional, IsString, Max, Min, MinLength } from 'class-validator';
import {
  storedValidations,
  validatedProperties,
  type ValidationGroups,
} from '../../src/binding/fields/validation-metadata.js';
import type { SectionClass } from '../../src/sections/index.js';

const namesOf = (target: SectionClass, selection: ValidationGroups = {}): readonly string[] =>
  storedValidations(target, selection).map(({ propertyName, name }) => `${propertyName}: ${name ?? ''}`);

class Base {
  @IsOptional() @IsInt() size?: number;
  @IsString() host = 'x';
}
class Middle extends Base {
  @Min(1) other = 1;
}
class Derived extends Middle {
  @Max(9) override size?: number;
  @IsString() own = 'x';
}
class Bare extends Derived {}

describe('the decorators of a class', () => {
  it('are its own and those of its ancestors, of which it hides those of a kind that it has itself', () => {
    expect(namesOf(Base).toSorted()).toEqual(['host: isString', 'size: isInt', 'size: isOptional']);
    expect(namesOf(Middle).toSorted()).toEqual(['host: isString', 'other: min', 'size: isInt', 'size: isOptional']);
    // A condition is of another kind than a check.
    expect(namesOf(Derived).toSorted()).toEqual([
      'host: isString',
      'other: min',
      'own: isString',
      'size: isOptional',
      'size: max',
    ]);
    // What a class in between says is not hidden by it from a class that says nothing, as in class-validator.
    expect(
      namesOf(Bare)
        .filter((name) => name.startsWith('size'))
        .toSorted(),
    ).toEqual(['size: isInt', 'size: isOptional', 'size: max']);
    expect(namesOf(class {})).toEqual([]);
  });

  it('are class-validator’s own list where nothing is inherited or left out', () => {
    const [one, two] = [storedValidations(Base, {}), storedValidations(Base, {})];
    expect(one).toBe(two);
  });

  it('name their properties in the order of declaration, those of ancestors first', () => {
    expect([...new Set(validatedProperties(Derived))]).toEqual(['size', 'host', 'other', 'own']);
    expect(validatedProperties(class {})).toEqual([]);
  });

  class Grouped {
    @IsString() plain = 'x';
    @IsInt({ groups: ['a'] }) inA = 1;
    @IsInt({ groups: ['a', 'b'] }) inBoth = 1;
    @MinLength(1, { groups: [] }) inNone = 'x';
    @IsInt({ always: true }) everywhere = 1;
    @IsInt({ groups: ['a'], always: true }) both = 1;
    @IsInt({ always: false }) never = 1;
  }

  it.each<[ValidationGroups, readonly string[]]>([
    [{}, ['plain', 'inA', 'inBoth', 'inNone', 'everywhere', 'both', 'never']],
    [{ groups: [] }, ['plain', 'inA', 'inBoth', 'inNone', 'everywhere', 'both', 'never']],
    [{ groups: ['a'] }, ['inA', 'inBoth', 'everywhere', 'both']],
    [{ groups: ['b'] }, ['inBoth', 'everywhere', 'both']],
    [{ groups: ['b'], always: true }, ['plain', 'inBoth', 'inNone', 'everywhere', 'both']],
    [{ strictGroups: true }, ['plain', 'inNone', 'everywhere', 'both', 'never']],
    [{ groups: ['a'], strictGroups: true }, ['inA', 'inBoth', 'everywhere', 'both']],
  ])('apply under %j as in class-validator', (selection, properties) => {
    const applied = storedValidations(Grouped, selection).map(({ propertyName }) => propertyName);
    expect(applied.toSorted()).toEqual(properties.toSorted());
  });
});
