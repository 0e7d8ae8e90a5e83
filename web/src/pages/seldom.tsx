// The pages that are opened now and then, in one file to load.
export { default as Administrators } from './administrators';
export { default as ApiTokens } from './api_tokens';
export { default as Applications } from './application/applications';
export { default as ApplicationPage } from './application/application';
export { default as Audit } from './audit';
export { default as Devices } from './devices';
export { default as History } from './history';
export { default as ImportPage } from './import/import';
export { default as VppSetting } from './setting/vpp_server';
export { default as Wizard } from './setup/wizard';
export { default as Account } from './account';
export { default as AppleErrors } from './apple_errors';
export { default as About } from './about/about';
export { default as Accessibility } from './about/accessibility';
export { default as LicencesPage } from './about/licences';
