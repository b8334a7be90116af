/**
 * Declares one settings class for each section, as a user would write it by hand and tsc would compile it: validators
 * by class-validator, `design:type` by the compiler.
 *
 * @param validators the namespace of class-validator
 * @param decorateClass given the class and its section, for what a library adds on top
 */
export function declareSettingsClasses(sections, validators, decorateClass = () => undefined) {
  return sections.map((section) => {
    const Settings = createClass(`${section.name[0].toUpperCase()}${section.name.slice(1)}Settings`);
    for (const field of section.fields) {
      const { type, decorators } = declarationOf(field, validators);
      for (const decorate of decorators) decorate(Settings.prototype, field.name);
      Reflect.defineMetadata?.('design:type', type, Settings.prototype, field.name);
    }
    decorateClass(Settings, section);
    return Settings;
  });
}

/** Declares the class that holds all sections, for the libraries that want one root. */
export function declareRootClass(sections, classes, validators, transformer) {
  class RootSettings {}
  sections.forEach(({ name }, index) => {
    validators.ValidateNested()(RootSettings.prototype, name);
    transformer.Type(() => classes[index])(RootSettings.prototype, name);
    Reflect.defineMetadata?.('design:type', classes[index], RootSettings.prototype, name);
  });
  return RootSettings;
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
