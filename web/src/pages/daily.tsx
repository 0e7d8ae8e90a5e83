// The pages that are opened every day, in one file to load.
export { default as Dashboard } from './dashboard/dashboard';
export { default as Missing } from './missing';
export { default as People } from './people';
