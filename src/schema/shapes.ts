import { Kind, type TProperties, type TSchema, Type } from "@sinclair/typebox";

/** An object that describes what is read and lets everything else pass. */
export const Open = <T extends TProperties>(properties: T) => Type.Object(properties, { additionalProperties: true });

/** An object in which an undeclared key is an error. */
export const Closed = <T extends TProperties>(properties: T, options: Record<string, unknown> = {}) =>
  Type.Object(properties, { ...options, additionalProperties: false });

/** What a shape lets in, or null. */
export const nullable = <T extends TSchema>(type: T, options: Record<string, unknown> = {}) =>
  Type.Union([type, Type.Null()], options);

/** A number, or null; `description` says what it counts and what null means. */
export const nullableNumber = (description: string) => nullable(Type.Number(), { description });

/** What may be left out of an object, and may be null in it. */
export const omittable = <T extends TSchema>(type: T) => Type.Optional(nullable(type));

/** One of the given words; stays a union when there is only one of them. */
export const oneOf = <const Words extends readonly string[]>(words: Words, options: Record<string, unknown> = {}) =>
  Type.Unsafe<Words[number]>({ ...options, [Kind]: "Union", anyOf: words.map((word) => Type.Literal(word)) });
