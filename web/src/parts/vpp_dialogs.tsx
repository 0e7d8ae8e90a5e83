// The dialogs of the three actions, in one file to load.
export { SyncDialog } from './sync_dialog';
export { ActionDialog } from './vpp_dialog';
export { default as RetryDialog } from './retry_dialog';
