/** How we name ourselves to Okta. */
import manifest from "../../package.json" with { type: "json" };

export const agent_name = `rollcall/${manifest.version}`;
