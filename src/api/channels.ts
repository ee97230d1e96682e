/** Notification channels over HTTP. */
import {
  changeChannel,
  type ChannelContext,
  createChannel,
  listChannels,
  removeChannel,
  testChannel,
} from "../service/channels.ts";
import { actorOf, type App, bind } from "./bind.ts";
import { API } from "./contract/api.ts";

export function bindChannels(app: App, context: ChannelContext): void {
  const { channels } = API;
  bind(app, channels.list, () => listChannels(context));
  bind(app, channels.create, ({ body, caller }) => createChannel(context, body, actorOf(caller)));
  bind(app, channels.change, ({ params, body, caller }) => changeChannel(context, params.id, body, actorOf(caller)));
  bind(app, channels.remove, ({ params, caller }) => removeChannel(context, params.id, actorOf(caller)));
  bind(app, channels.test, ({ params, caller, signal }) => testChannel(context, params.id, actorOf(caller), signal));
}
