/** A first input for a workflow, made from the schema it declares for its input. */
import type { Json, JsonObject } from "../api/types";

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function sampleOf(schema: Json | undefined, depth: number): Json {
  if (!isObject(schema) || depth > 6) return null;
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0]!;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0]!;
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object" || isObject(schema.properties)) {
    const properties = isObject(schema.properties) ? schema.properties : {};
    return Object.fromEntries(
      Object.entries(properties).map(([key, inner]) => [key, sampleOf(inner, depth + 1)]),
    );
  }
  if (type === "array") return [sampleOf(schema.items, depth + 1)].filter((item) => item !== null);
  if (type === "string") return "";
  if (type === "integer" || type === "number") return typeof schema.minimum === "number" ? schema.minimum : 0;
  if (type === "boolean") return false;
  return null;
}

/** The declared input schema, if it stands in the definition itself. */
export function inputSchema(definition: JsonObject): JsonObject | null {
  const input = isObject(definition.input) ? definition.input : {};
  const schema = isObject(input.schema) ? input.schema : {};
  return isObject(schema.document) ? schema.document : null;
}

/** JSON text, indented; `{}` where nothing is declared. */
export function inputSample(definition: JsonObject): string {
  const schema = inputSchema(definition);
  return JSON.stringify((schema && sampleOf(schema, 0)) ?? {}, null, 2);
}

/** Names the input must have at its top, as declared. */
export function missingNames(definition: JsonObject, input: Json): string[] {
  const required = inputSchema(definition)?.required;
  if (!Array.isArray(required)) return [];
  return required.filter(
    (name): name is string => typeof name === "string" && !(isObject(input) && name in input),
  );
}
