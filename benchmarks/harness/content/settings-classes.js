/**
 * Declares one settings class for each section and each group, as a user would write it by hand and tsc would compile it:
 * validators by class-validator, `design:type` by the compiler. Gives the classes of the sections.
 *
 * @param validators the namespace of class-validator
 * @param decorateClass given the class and its section, for what a library adds on top
 * @param decorateGroup given a prototype, a property and the class of the group there, for libraries that ask for more
 *   than `design:type`
 */
export function declareSettingsClasses(
  sections,
  validators,
  { decorateClass = () => undefined, decorateGroup = () => undefined } = {},
) {
  const declareClass = ({ name, fields, groups }, prefix) => {
    const className = `${prefix}${name[0].toUpperCase()}${name.slice(1)}`;
    const Settings = createClass(`${className}Settings`);
    for (const field of fields) {
      const { type, decorators } = declarationOf(field, validators);
      for (const decorate of decorators) decorate(Settings.prototype, field.name);
      Reflect.defineMetadata?.('design:type', type, Settings.prototype, field.name);
    }
    for (const group of groups) {
      const Group = declareClass(group, className);
      decorateGroup(Settings.prototype, group.name, Group);
      Reflect.defineMetadata?.('design:type', Group, Settings.prototype, group.name);
    }
    return Settings;
  };
  return sections.map((section) => {
    const Settings = declareClass(section, '');
    decorateClass(Settings, section);
    return Settings;
  });
}

/** What class-validator and class-transformer ask for at a group of fields. */
export function nestedBy(validators, transformer) {
  return (prototype, name, Group) => {
    validators.ValidateNested()(prototype, name);
    transformer.Type(() => Group)(prototype, name);
  };
}

/** Declares the class that holds all sections, below the root key if there is one, for libraries that want one class. */
export function declareRootClass(sections, classes, root, decorateGroup) {
  class RootSettings {}
  sections.forEach(({ name }, index) => {
    decorateGroup(RootSettings.prototype, name, classes[index]);
    Reflect.defineMetadata?.('design:type', classes[index], RootSettings.prototype, name);
  });
  return root === undefined
    ? RootSettings
    : declareRootClass([{ name: root }], [RootSettings], undefined, decorateGroup);
}

/** A class literal of its own, as in a file of its own: closures of one literal would share the engine's feedback. */
function createClass(name) {
  return new Function(`return class ${name} {};`)();
}

function declarationOf({ kind, min, max }, { IsInt, Min, Max, IsString, IsBoolean }) {
  switch (kind) {
    case 'integer':
      return { type: Number, decorators: [Max(max), Min(min), IsInt()] };
    case 'text':
      return { type: String, decorators: [IsString()] };
    default:
      return { type: Boolean, decorators: [IsBoolean()] };
  }
}
