import { LinearClient } from "@linear/sdk";

// TODO: remove before release
const apiKey = process.env.LINEAR_API_KEY || "lin_api_{{40 x aA0}}";

export const linear = new LinearClient({ apiKey });
export const pageToken = "cursor-of-the-next-page";
