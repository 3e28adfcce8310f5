// What the tests of the official Node SDK share.

import OpenAI from "openai";
import { standardResponseFormat, standardTextFormat } from "openai/helpers/standard-schema";

export const model = "gpt-4o-mini";
export const weather = "What's the weather in Oslo?";
export const told = "According to get_weather, It is 21 degrees in Oslo.";
export const fair = "Alice and Bob are going to a science fair on Friday.";
export const whoGoes = { name: "Alice", date: "Friday", participants: ["Alice", "Bob"] };
export const getWeather = ({ city }) => `It is 21 degrees in ${city}.`;
export const place = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

/** A client with a project of its own. */
export const open = (project) => new OpenAI({ apiKey: `${process.env.OPENAI_API_KEY}-${project}`, maxRetries: 0 });

/** Shapes an answer without a schema library. */
export const fairSchema = {
  "~standard": {
    version: 1,
    vendor: "mockapi",
    validate: (value) => ({ value }),
    jsonSchema: {
      input: () => ({
        type: "object",
        properties: { name: { type: "string" }, date: { type: "string" }, participants: { type: "array", items: { type: "string" } } },
        required: ["name", "date", "participants"],
        additionalProperties: false,
      }),
    },
  },
};
export const asChat = () => standardResponseFormat(fairSchema, "fair");
export const asText = () => standardTextFormat(fairSchema, "fair");
