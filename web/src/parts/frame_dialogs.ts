// What the frame asks and lists now and then, in one file to load.
export { default as LeaveQuestion } from './leave_question';
export { default as SessionOver } from './session_over';
export { default as SessionWarning } from './session_warning';
export { default as ShortcutList } from './shortcut_list';
