import type * as YamlModule from 'js-yaml';
import type { MappingTagDefinition, ScalarTagDefinition, Schema } from 'js-yaml';
import { UNSET } from '../../core/index.js';
import { MAX_DIGITS } from './file-survey.js';

/** The loaded parser; only its type is known before a YAML file is read. */
export type JsYaml = typeof YamlModule;

/**
 * YAML's core schema (`yes` and dates are strings) with merge keys, `!unset`, and integers that keep all their digits.
 */
export function createYamlSchema(yaml: JsYaml): Schema {
  const tags = [unsetTag(yaml), exactIntegerTag(yaml), boundedFloatTag(yaml), compactMapTag(yaml)];
  return yaml.CORE_SCHEMA.withTags(yaml.mergeTag, ...tags);
}

// A map that got more than a dozen keys one by one is a slow dictionary to V8, and is read several times; a copy is not.
function compactMapTag(yaml: JsYaml): MappingTagDefinition<Record<string, unknown>> {
  return yaml.defineMappingTag(yaml.mapTag.tagName, { ...yaml.mapTag, finalize: (map) => ({ ...map }) });
}

function unsetTag(yaml: JsYaml): ScalarTagDefinition<symbol> {
  return yaml.defineScalarTag('!unset', {
    resolve: (source) => (source === '' ? UNSET : yaml.NOT_RESOLVED),
    identify: () => false,
  });
}

function exactIntegerTag(yaml: JsYaml): ScalarTagDefinition<number | bigint> {
  const core = yaml.intCoreTag;
  return yaml.defineScalarTag<number | bigint>(core.tagName, {
    implicit: true,
    implicitFirstChars: core.implicitFirstChars,
    identify: () => false,
    resolve: (source, isExplicit, tagName) => {
      const value = core.resolve(source, isExplicit, tagName);
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
      return source.length <= MAX_DIGITS && /^(?:[-+]?\d+|0o[0-7]+|0x[\da-fA-F]+)$/.test(source)
        ? BigInt(source)
        : value;
    },
  });
}

// js-yaml takes a number that is too large for a string; as an infinity it is found, and refused with its place.
function boundedFloatTag(yaml: JsYaml): ScalarTagDefinition<number> {
  const core = yaml.floatCoreTag;
  return yaml.defineScalarTag<number>(core.tagName, {
    implicit: true,
    implicitFirstChars: core.implicitFirstChars,
    identify: () => false,
    resolve: (source, isExplicit, tagName) => {
      const value = core.resolve(source, isExplicit, tagName);
      if (value !== yaml.NOT_RESOLVED || !/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?$/i.test(source)) return value;
      return Number.isFinite(Number(source)) ? value : Number(source);
    },
  });
}
