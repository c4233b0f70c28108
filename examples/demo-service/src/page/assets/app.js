// Puts the page together.

import { Activity } from "./activity.js";
import { Api } from "./api.js";
import { ChatPanel } from "./chat-panel.js";
import { FeedPanel } from "./feed-panel.js";
import { GenerationPanel } from "./generation-panel.js";
import { SessionPanel } from "./session-panel.js";

const api = new Api();
const activity = new Activity();
const panels = [GenerationPanel, ChatPanel, FeedPanel].map((Panel) => new Panel(api, activity));

new SessionPanel(api, activity, (signedIn) => {
  for (const panel of panels) panel.signedIn(signedIn);
});
