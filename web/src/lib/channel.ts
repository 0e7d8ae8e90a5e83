import type { MessageChannel } from './api';
import { t } from './i18n';

/** How messages go, in words. */
export const channelName = (channel: MessageChannel) => t(channel === 'notification_else_email' ? 'channel.both' : `channel.${channel}`);
