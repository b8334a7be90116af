import { defineResource, resourceIdentifier, type ResourceSecrets } from '../../src/factories/resources/index.js';
import { section } from '../../src/index.js';
import { world } from '../factories/resources/world.js';

/** What a function makes of settings and their secrets, as the maker of a resource is given both. */
export async function optionsOf<S extends object, O extends object>(
  settings: new () => S,
  map: (settings: S, secrets: ResourceSecrets<S>) => O,
  values: object,
): Promise<O> {
  const from = section(settings, { path: 'settings' });
  const definition = defineResource<O, S>({
    name: 'options',
    from,
    create: (context) => map(context.settings, context.secrets),
  });
  const { container } = await world({ sections: [from], resources: [definition] }, { settings: values });
  return container.get(resourceIdentifier(definition)).current;
}
